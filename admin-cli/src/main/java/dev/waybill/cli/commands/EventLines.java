package dev.waybill.cli.commands;

import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.Csv;
import dev.waybill.cli.output.Format;
import dev.waybill.cli.output.Json;
import dev.waybill.cli.output.Text;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Set;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;

/// Writes events one by one as they come, in the format that was asked for. One thread uses it.
final class EventLines {
  private static final Set<String> OWN_COLUMN = Set.of("to", "email_id");

  /// What an event shows as a row.
  static final List<Column> COLUMNS =
      List.of(
          Column.of("SEQ", "id"),
          Column.time("TIME", "created_at"),
          Column.of("TYPE", "type"),
          Column.of("TO", "data.to"),
          Column.of("EMAIL ID", "data.email_id"),
          new Column("FACTS", "data", EventLines::facts, true));

  private final Waybillctl root;

  EventLines(Waybillctl root) {
    this.root = root;
  }

  /// Writes what comes before the first event.
  void start() {
    if (root.output == Format.CSV) {
      new Csv(root.report().out()).header(COLUMNS);
    }
  }

  void write(JsonNode event) {
    PrintStream out = root.report().out();
    switch (root.output) {
      case JSON -> out.println(Json.compact(event));
      case CSV -> new Csv(out).item(COLUMNS, event);
      case TABLE -> {
        JsonNode data = event.path("data");
        String line =
            "%s  %-24s  %s  %s"
                .formatted(
                    Text.time(Column.text(event.path("created_at"))),
                    Column.text(event.path("type")),
                    Column.text(data.path("to")),
                    facts(data));
        out.println(Text.visible(line.stripTrailing()));
      }
    }
    out.flush();
  }

  static String facts(String data) {
    return facts(Json.parse(data.getBytes(StandardCharsets.UTF_8)));
  }

  private static String facts(JsonNode data) {
    StringJoiner facts = new StringJoiner(" ");
    data.forEachEntry((name, value) -> {
      String text = Column.text(value);
      if (!OWN_COLUMN.contains(name) && !text.isEmpty()) {
        facts.add(name + "=" + (text.contains(" ") ? '"' + text + '"' : text));
      }
    });
    return facts.toString();
  }
}

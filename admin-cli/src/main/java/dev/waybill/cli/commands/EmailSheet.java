package dev.waybill.cli.commands;

import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.Paint;
import dev.waybill.cli.output.Text;
import java.io.PrintStream;
import java.util.List;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;

/// A message at a glance, for the person whom somebody asks about it. One thread uses it.
final class EmailSheet {
  private static final List<Column> RECIPIENTS =
      List.of(
          Column.of("RECIPIENT", "email"),
          Column.of("STATE", "state"),
          Column.of("LAST EVENT", "last_event"),
          Column.of("ATTEMPTS", "attempts"),
          Column.time("NEXT ATTEMPT", "next_attempt_at"),
          Column.prose("LAST REPLY", "last_reply"));

  private static final List<Column> EVENTS =
      List.of(
          Column.time("TIME", "created_at"),
          Column.of("EVENT", "type"),
          Column.of("TO", "data.to"),
          new Column("FACTS", "data", EventLines::facts, true));

  private final Waybillctl root;

  EmailSheet(Waybillctl root) {
    this.root = root;
  }

  void write(JsonNode email) {
    PrintStream out = root.report().out();
    line("Subject", Column.text(email.path("subject")));
    line("From", Column.text(email.path("from")));
    line("Domain", Column.text(email.path("domain")));
    line("Accepted", Text.time(Column.text(email.path("created_at"))));
    line("Scheduled", Text.time(Column.text(email.path("scheduled_at"))));
    line("Stream", Column.text(email.path("stream")));
    line("Tag", Column.text(email.path("tag")));
    line("Metadata", metadata(email.path("metadata")));
    line("Size", "%,d bytes as submitted".formatted(email.path("size").asLong(0)));
    line("Id", Column.text(email.path("id")));
    out.println();
    root.report().table(email.path("recipients"), RECIPIENTS);
    out.println();
    root.report().table(email.path("events"), EVENTS);
    for (JsonNode event : email.path("events")) {
      if (hasMail(event)) {
        root.say(
            "The mail behind %s: waybillctl events report %s"
                .formatted(Column.text(event.path("type")), Column.text(event.path("id"))));
      }
    }
  }

  /// Whether it was told by mail, and not by a reply to an attempt.
  private static boolean hasMail(JsonNode event) {
    return switch (Column.text(event.path("type"))) {
      case "email.bounced", "email.complained" ->
          event.path("data").path("attempt").isMissingNode();
      default -> false;
    };
  }

  private void line(String heading, String value) {
    if (!value.isEmpty()) {
      Paint paint = root.terminal().paint();
      root.report().out().println(paint.strong("%-11s".formatted(heading)) + Text.visible(value));
    }
  }

  private static String metadata(JsonNode metadata) {
    StringJoiner facts = new StringJoiner(" ");
    metadata.forEachEntry((name, value) -> facts.add(name + "=" + Column.text(value)));
    return facts.toString();
  }
}

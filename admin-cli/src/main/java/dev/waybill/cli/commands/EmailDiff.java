package dev.waybill.cli.commands;

import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.Paint;
import dev.waybill.cli.output.Text;
import java.io.PrintStream;
import java.util.List;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/// What was changed in a copy, as lines with their reasons. One thread uses it.
final class EmailDiff {
  /// What CSV shows of each change.
  static final List<Column> COLUMNS =
      List.of(
          Column.of("REASON", "reason"),
          Column.of("NAME", "name"),
          Column.of("SUBMITTED FROM", "submitted.from"),
          Column.of("SUBMITTED TO", "submitted.to"),
          Column.of("SENT FROM", "sent.from"),
          Column.of("SENT TO", "sent.to"),
          Column.of("REMOVED", "removed"),
          Column.of("ADDED", "added"));

  /// Of one side of a change so many lines are shown.
  private static final int MAX_LINES = 12;

  private final Waybillctl root;
  private final PrintStream out;
  private final Paint paint;

  EmailDiff(Waybillctl root) {
    this.root = root;
    this.out = root.report().out();
    this.paint = root.terminal().paint();
  }

  void write(JsonNode diff) {
    out.println(
        paint.bad("--- submitted, %,d bytes".formatted(diff.path("submitted_size").asLong(0))));
    out.println(
        paint.good(
            "+++ %s %s, %,d bytes"
                .formatted(
                    diff.path("exact").asBoolean(false) ? "sent to" : "as made now for",
                    Text.visible(Column.text(diff.path("recipient"))),
                    diff.path("sent_size").asLong(0))));
    JsonNode changes = diff.path("changes");
    for (JsonNode change : changes) {
      show(change);
    }
    int omitted = diff.path("omitted").asInt(0);
    out.println();
    root.terminal()
        .explain(
            "%,d change%s. %s"
                .formatted(
                    changes.size() + omitted,
                    changes.size() + omitted == 1 ? "" : "s",
                    Column.text(diff.path("note"))));
    if (omitted > 0) {
      root.say("The last %,d are not shown.".formatted(omitted));
    }
  }

  private void show(JsonNode change) {
    String name = Column.text(change.path("name"));
    out.println();
    out.println(
        paint.strong(Column.text(change.path("title")))
            + (name.isEmpty() ? "" : " " + Text.visible(name))
            + paint.faint(
                "  @ %s -> %s"
                    .formatted(range(change.path("submitted")), range(change.path("sent")))));
    JsonNode within = change.path("within");
    if (within.isEmpty()) {
      sides(change, Column.text(change.path("lead")), Column.text(change.path("trail")));
    }
    for (JsonNode inner : within) {
      out.println(paint.faint("  in the decoded text: ") + Column.text(inner.path("title")));
      sides(inner, "", "");
    }
  }

  private void sides(JsonNode change, String lead, String trail) {
    String removed = Column.text(change.path("removed"));
    String added = Column.text(change.path("added"));
    boolean partOfALine = !lead.isEmpty() || !trail.isEmpty();
    if (partOfALine || !removed.isEmpty()) {
      side("- ", lead, removed, trail, paint::bad);
    }
    if (partOfALine || !added.isEmpty()) {
      side("+ ", lead, added, trail, paint::good);
    }
  }

  /// What is around the change is faint, so that the change itself is seen.
  private void side(
      String sign, String lead, String text, String trail, UnaryOperator<String> colour) {
    String[] lines = text.replace("\r\n", "\n").split("\n", -1);
    int count =
        lines.length > 1 && lines[lines.length - 1].isEmpty() ? lines.length - 1 : lines.length;
    int shown = Math.min(count, MAX_LINES);
    for (int i = 0; i < shown; i++) {
      String line = colour.apply(sign);
      line += i == 0 ? around(lead) : "";
      line += lines[i].isEmpty() ? "" : colour.apply(shown(lines[i]));
      line += i == lines.length - 1 ? around(trail) : "";
      out.println(line);
    }
    if (count > shown) {
      out.println(paint.faint("  (%d more lines)".formatted(count - shown)));
    }
  }

  private String around(String text) {
    return text.isEmpty() ? "" : paint.faint(shown(text));
  }

  private static String shown(String text) {
    return Text.visible(text.replace("\t", "    "));
  }

  private static String range(JsonNode range) {
    long from = range.path("from").asLong(0);
    long to = range.path("to").asLong(0);
    return from == to ? Long.toString(from) : from + "-" + (to - 1);
  }
}

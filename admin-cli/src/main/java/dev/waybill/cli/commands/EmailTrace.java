package dev.waybill.cli.commands;

import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.Paint;
import dev.waybill.cli.output.Text;
import java.io.PrintStream;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.StringJoiner;
import tools.jackson.databind.JsonNode;

/// A message's whole life, in its order, with what was said in each attempt. One thread uses it.
final class EmailTrace {
  /// What CSV shows of each recipient.
  static final List<Column> COLUMNS =
      List.of(
          Column.of("RECIPIENT", "email"),
          Column.of("STATE", "state"),
          Column.of("REASON", "reason"),
          Column.time("NEXT ATTEMPT", "next_attempt_at"),
          Column.prose("LAST REPLY", "last_reply"));

  private static final int HEADING = 14;

  /// Something that happened at a time.
  private record Step(String at, int rank, JsonNode what) {}

  private final Waybillctl root;
  private final PrintStream out;
  private final Paint paint;

  EmailTrace(Waybillctl root) {
    this.root = root;
    this.out = root.report().out();
    this.paint = root.terminal().paint();
  }

  void write(JsonNode trace) {
    JsonNode envelope = trace.path("envelope");
    line("Id", Column.text(trace.path("id")));
    line("Subject", Column.text(trace.path("subject")));
    line("From", Column.text(trace.path("from")));
    line("Accepted", Text.time(Column.text(trace.path("created_at"))));
    line("Scheduled", Text.time(Column.text(trace.path("scheduled_at"))));
    line("Came in", Column.text(envelope.path("received")));
    line("Sent as", Column.text(envelope.path("envelope_from")));
    String returnPath = Column.text(envelope.path("return_path_domain"));
    line("Return path", returnPath.isEmpty() ? "" : "bounces+<token>@" + returnPath);
    line("Size", size(envelope));
    line("TLS", tls(Column.text(envelope.path("tls_required"))));
    line("Recipients", Column.text(envelope.path("recipients")));
    line("Stream", Column.text(trace.path("stream")));
    line("Tag", Column.text(trace.path("tag")));
    line("Metadata", metadata(trace.path("metadata")));
    String heading = "Admission";
    for (JsonNode decision : trace.path("admission")) {
      line(
          heading,
          "%-12s%s"
              .formatted(
                  Column.text(decision.path("decision")), Column.text(decision.path("outcome"))));
      heading = "";
    }
    for (JsonNode recipient : trace.path("recipients")) {
      out.println();
      recipient(recipient);
    }
  }

  private static String tls(String required) {
    return switch (required) {
      case "yes" -> "required on all of its way (REQUIRETLS)";
      case "no" -> "not required, whatever the recipient's domain demands (TLS-Required: No)";
      default -> required;
    };
  }

  private void recipient(JsonNode recipient) {
    String state = Column.text(recipient.path("state"));
    String reason = Column.text(recipient.path("reason"));
    line("Recipient", Column.text(recipient.path("email")));
    out.println(
        heading("State")
            + paint.status(state)
            + Text.visible(reason.isEmpty() || reason.equals(state) ? "" : " (" + reason + ")"));
    line("Why", Column.text(recipient.path("explanation")));
    line("Next attempt", Text.time(Column.text(recipient.path("next_attempt_at"))));
    String selectors = Column.text(recipient.path("dkim_selectors"));
    line(
        "DKIM",
        selectors.isEmpty()
            ? ""
            : "signed with "
                + selectors
                + " at "
                + Text.time(Column.text(recipient.path("signed_at"))));
    List<Step> steps = new ArrayList<>();
    recipient
        .path("attempts")
        .forEach(attempt -> steps.add(new Step(Column.text(attempt.path("at")), 0, attempt)));
    recipient
        .path("events")
        .forEach(event -> steps.add(new Step(Column.text(event.path("created_at")), 1, event)));
    steps.sort(Comparator.comparing(Step::at).thenComparing(Step::rank));
    for (Step step : steps) {
      out.println();
      if (step.rank() == 0) {
        attempt(step.at(), step.what());
      } else {
        event(step.at(), step.what());
      }
    }
  }

  private void event(String at, JsonNode event) {
    out.println(Text.time(at) + "  " + paint.strong(Text.visible(Column.text(event.path("type")))));
    wrapped("    ", EventLines.facts(event.path("data").toString()));
  }

  private void attempt(String at, JsonNode attempt) {
    String outcome = Column.text(attempt.path("outcome"));
    String took = Column.text(attempt.path("duration_ms"));
    out.println(
        "%s  %s  %s%s"
            .formatted(
                Text.time(at),
                paint.strong("attempt " + Column.text(attempt.path("number"))),
                coloured(outcome),
                took.isEmpty() ? "" : " after " + took + " ms"));
    wrapped("    ", Column.text(attempt.path("reply")));
    JsonNode transcript = attempt.path("transcript");
    if (transcript.isNull()) {
      out.println(paint.faint("    no transcript is kept of it"));
    }
    if (attempt.path("cut").asBoolean(false)) {
      out.println(paint.faint("    earlier parts were too long to be kept"));
    }
    for (JsonNode part : transcript) {
      part(part);
    }
  }

  private void part(JsonNode part) {
    out.println(paint.faint("    -- " + title(part)));
    for (JsonNode line : part.path("lines")) {
      String text = Text.visible(Column.text(line.path("text")));
      String ms = "%9s ms  ".formatted(Column.text(line.path("ms")));
      out.println(
          paint.faint(ms)
              + switch (Column.text(line.path("speaker"))) {
                case "client" -> "C: " + text;
                case "server" -> "S: " + shade(text);
                default -> paint.faint("*  " + text);
              });
    }
  }

  private static String title(JsonNode part) {
    long offset = part.path("offset_ms").asLong(0);
    String kind = Column.text(part.path("part"));
    return switch (kind) {
      case "earlier_connection" ->
          "a connection that stood already, opened %,d ms before".formatted(-offset);
      default -> "%s, %,d ms into the attempt".formatted(kind, offset);
    };
  }

  /// A refusal stands out.
  private String shade(String reply) {
    return switch (reply.isEmpty() ? ' ' : reply.charAt(0)) {
      case '4' -> paint.warning(reply);
      case '5' -> paint.bad(reply);
      default -> reply;
    };
  }

  private String coloured(String outcome) {
    return switch (outcome) {
      case "delivered" -> paint.good(outcome);
      case "rejected" -> paint.bad(outcome);
      default -> paint.warning(Text.visible(outcome));
    };
  }

  private void wrapped(String indent, String text) {
    if (!text.isEmpty()) {
      int width = root.terminal().width().orElse(Integer.MAX_VALUE) - indent.length();
      Text.wrap(Text.visible(text), width).forEach(line -> out.println(indent + line));
    }
  }

  private void line(String heading, String value) {
    if (!value.isEmpty()) {
      int width = root.terminal().width().orElse(Integer.MAX_VALUE) - HEADING;
      String first = heading(heading);
      for (String line : Text.wrap(Text.visible(value), width)) {
        out.println(first + line);
        first = " ".repeat(HEADING);
      }
    }
  }

  private String heading(String text) {
    return paint.strong(text) + " ".repeat(HEADING - text.length());
  }

  private static String size(JsonNode envelope) {
    return "%,d bytes as submitted%s%s"
        .formatted(
            envelope.path("size").asLong(0),
            envelope.path("eight_bit").asBoolean(false) ? ", 8-bit" : "",
            envelope.path("smtp_utf8").asBoolean(false) ? ", internationalized" : "");
  }

  private static String metadata(JsonNode metadata) {
    StringJoiner facts = new StringJoiner(" ");
    metadata.forEachEntry((name, value) -> facts.add(name + "=" + Column.text(value)));
    return facts.toString();
  }
}

package dev.waybill.cli.commands;

import dev.waybill.cli.client.ApiPath;
import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Format;
import dev.waybill.cli.output.Json;
import dev.waybill.cli.output.Paint;
import dev.waybill.cli.output.Text;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.StringJoiner;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `domains doctor`: what stands between the relay's host and a good delivery, and what to do about
/// it. One thread uses it.
@Command(
    name = "doctor",
    description = {
      "Look at everything between the relay's host and a good delivery.",
      "Judges addresses, names, DNS records, doors and certificates by what Gmail, Yahoo and"
          + " Microsoft ask of senders. It takes up to 20 seconds and sends no mail. What does not"
          + " answer is unknown, which is no failure.",
      "Exits with 0 when nothing fails, and with 1 when a check fails."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  waybillctl domains doctor example.com",
      "  waybillctl domains doctor example.com -o json | jq '.checks[] | select(.status==\"fail\")'"
    })
final class DoctorCommand implements Callable<Integer> {
  private static final String FAIL = "fail";
  private static final String WARN = "warn";
  private static final String UNKNOWN = "unknown";

  /// What a table shows of each check; the reasons and fixes follow it.
  private static final List<Column> SHORT =
      List.of(
          Column.of("STATUS", "status"),
          Column.of("CHECK", "check"),
          Column.prose("FOUND", "told"));

  private static final List<Column> WHOLE =
      List.of(
          Column.of("STATUS", "status"),
          Column.of("CHECK", "check"),
          Column.of("SUBJECT", "subject"),
          Column.of("FOUND", "found"),
          Column.of("REASON", "reason"),
          Column.of("FIX", "fix"),
          Column.of("PASTE", "paste"));

  private static final String INDENT = "     ";

  @Parameters(paramLabel = "NAME", description = "The domain, or its id.")
  private String name = "";

  private final Waybillctl root;

  DoctorCommand(Waybillctl root) {
    this.root = root;
  }

  @Override
  public Integer call() throws Failure {
    ApiPath path = ApiPath.of("domains").name(name).then("doctor");
    if (root.terminal().redraws()) {
      root.say("Examining " + name + ", which takes up to 20 seconds.");
    }
    JsonNode report = root.client().post(path, Json.object());
    JsonNode checks = report.path("checks");
    if (root.output == Format.TABLE) {
      table(checks);
    } else {
      root.report().rows(report, checks, WHOLE);
    }
    root.say(summary(Column.text(report.path("name")), checks));
    return (of(checks, FAIL).isEmpty() ? ExitCode.OK : ExitCode.FAILED).number();
  }

  private void table(JsonNode checks) {
    List<JsonNode> rows = new ArrayList<>();
    for (JsonNode check : checks) {
      String told = Column.text(check.path("subject")) + ": " + Column.text(check.path("found"));
      ObjectNode row = Json.object();
      rows.add(
          row.put("status", Column.text(check.path("status")))
              .put("check", Column.text(check.path("check")))
              .put("told", told));
    }
    root.report().table(rows, SHORT);
    for (String status : List.of(FAIL, WARN)) {
      for (JsonNode check : of(checks, status)) {
        heading(status, title(check));
        prose("Why: ", Column.text(check.path("reason")));
        fix(check);
      }
    }
    unknown(of(checks, UNKNOWN));
  }

  /// Of what is unknown only the advice matters, and it is often the same.
  private void unknown(List<JsonNode> checks) {
    Map<String, List<JsonNode>> byAdvice = new LinkedHashMap<>();
    for (JsonNode check : checks) {
      String advice = Column.text(check.path("fix")) + Column.text(check.path("paste"));
      byAdvice.computeIfAbsent(advice, _ -> new ArrayList<>()).add(check);
    }
    for (List<JsonNode> alike : byAdvice.values()) {
      StringJoiner titles = new StringJoiner(", ");
      alike.forEach(check -> titles.add(title(check)));
      heading(UNKNOWN, titles.toString());
      fix(alike.getFirst());
    }
  }

  private static String title(JsonNode check) {
    return Column.text(check.path("check")) + " of " + Column.text(check.path("subject"));
  }

  private void heading(String status, String text) {
    Paint paint = root.terminal().paint();
    root.terminal().out().println();
    String before = paint.status(status) + "  ";
    for (String line : Text.wrap(Text.visible(text), width() - status.length() - 2)) {
      root.terminal().out().println(before + paint.strong(line));
      before = " ".repeat(status.length() + 2);
    }
  }

  /// The lines to copy are never broken, whatever the terminal's width.
  private void fix(JsonNode check) {
    prose("Fix: ", Column.text(check.path("fix")));
    for (String line : Column.text(check.path("paste")).split("\n", -1)) {
      if (!line.isEmpty()) {
        root.terminal().out().println(INDENT + Text.visible(line));
      }
    }
  }

  private int width() {
    return root.terminal().width().orElse(Integer.MAX_VALUE);
  }

  private void prose(String heading, String text) {
    if (text.isEmpty()) {
      return;
    }
    String before = heading;
    for (String line : Text.wrap(Text.visible(text), width() - heading.length())) {
      root.terminal().out().println(before + line);
      before = INDENT;
    }
  }

  private static String summary(String domain, JsonNode checks) {
    StringJoiner told = new StringJoiner(", ");
    told.add(of(checks, FAIL).size() + " failed");
    told.add(of(checks, WARN).size() + " to look at");
    told.add(of(checks, UNKNOWN).size() + " unknown");
    return "%s: %d checks, %s.".formatted(domain, checks.size(), told);
  }

  private static List<JsonNode> of(JsonNode checks, String status) {
    List<JsonNode> found = new ArrayList<>();
    for (JsonNode check : checks) {
      if (Column.text(check.path("status")).equals(status)) {
        found.add(check);
      }
    }
    return found;
  }
}

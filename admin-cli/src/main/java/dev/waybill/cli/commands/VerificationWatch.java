package dev.waybill.cli.commands;

import dev.waybill.cli.client.ApiPath;
import dev.waybill.cli.client.Patience;
import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Format;
import dev.waybill.cli.output.Paint;
import dev.waybill.cli.output.Terminal;
import dev.waybill.cli.output.Text;
import dev.waybill.cli.records.RecordWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.JsonNode;

/// Shows a domain's records turning green: redrawn in place on a terminal, a line for each change
/// elsewhere. One thread uses it, once.
final class VerificationWatch {
  private final Waybillctl root;
  private final Terminal terminal;
  private final ApiPath path;
  private final Map<String, String> seen = new HashMap<>();
  private int drawn;

  VerificationWatch(Waybillctl root, ApiPath path) {
    this.root = root;
    this.terminal = root.terminal();
    this.path = path;
  }

  /// Waits until the domain is verified, at most for `timeout`, and writes what was found last.
  ///
  /// @return the exit code
  int run(Duration timeout, Duration interval) throws Failure {
    Patience patience = new Patience(interval, timeout);
    JsonNode domain = root.client().get(path);
    progress(domain, patience);
    while (!verified(domain) && patience.pause()) {
      domain = root.client().get(path);
      progress(domain, patience);
    }
    if (root.output == Format.TABLE) {
      root.report().table(domain.path("records"), RecordWriter.statusColumns());
    } else {
      root.report().rows(domain, domain.path("records"), RecordWriter.statusColumns());
    }
    String name = Column.text(domain.path("name"));
    if (verified(domain)) {
      root.say(name + " is verified.");
      return ExitCode.OK.number();
    }
    throw new Failure(
        ExitCode.NOT_VERIFIED,
        name + " is not verified after " + Text.duration(timeout) + "; missing: " + missing(domain),
        "The relay goes on looking. Publish what is missing: waybillctl domains records "
            + name
            + " --missing");
  }

  private static boolean verified(JsonNode record) {
    return Column.text(record.path("status")).equals("verified");
  }

  private static String missing(JsonNode domain) {
    List<String> missing = new ArrayList<>();
    for (JsonNode record : domain.path("records")) {
      if (record.path("required").asBoolean(false) && !verified(record)) {
        missing.add(title(record));
      }
    }
    return missing.isEmpty() ? "nothing that is known" : String.join(", ", missing);
  }

  private static String title(JsonNode record) {
    return Column.text(record.path("type")) + " " + Column.text(record.path("fqdn"));
  }

  private void progress(JsonNode domain, Patience patience) {
    if (terminal.redraws()) {
      redraw(domain, patience);
    } else {
      domain.path("records").forEach(this::tell);
    }
  }

  private void tell(JsonNode record) {
    String status = Column.text(record.path("status"));
    String explanation = Column.text(record.path("explanation"));
    if (!status.equals(seen.put(title(record), status))) {
      boolean explained = !explanation.isEmpty() && !verified(record);
      terminal.say(status + "  " + title(record) + (explained ? ": " + explanation : ""));
    }
  }

  private void redraw(JsonNode domain, Patience patience) {
    Paint paint = terminal.talkPaint();
    StringBuilder screen = new StringBuilder();
    if (drawn > 0) {
      screen.append("\033[").append(drawn).append("A\r\033[J");
    }
    drawn = 0;
    for (JsonNode record : domain.path("records")) {
      String status = Text.visible(Column.text(record.path("status")));
      screen.append(paint.status("%-17s".formatted(status))).append("  ");
      screen.append(cut(title(record), 19)).append('\n');
      drawn++;
    }
    if (!verified(domain)) {
      String waiting =
          "Waiting for DNS, " + Text.duration(patience.elapsed()) + " (Ctrl-C stops waiting only)";
      screen.append(paint.faint(cut(waiting, 0))).append('\n');
      drawn++;
    }
    terminal.err().print(screen);
    terminal.err().flush();
  }

  /// The live view must not wrap, or it could not be redrawn; the whole names come with the result.
  private String cut(String text, int indent) {
    String safe = Text.visible(text);
    int room = Math.max(1, terminal.talkWidth() - indent - 1);
    return safe.length() <= room ? safe : safe.substring(0, room);
  }
}

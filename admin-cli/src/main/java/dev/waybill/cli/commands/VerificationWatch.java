package dev.waybill.cli.commands;

import dev.waybill.cli.client.ApiPath;
import dev.waybill.cli.client.Patience;
import dev.waybill.cli.live.LiveView;
import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Format;
import dev.waybill.cli.output.Json;
import dev.waybill.cli.output.Terminal;
import dev.waybill.cli.output.Text;
import dev.waybill.cli.records.RecordWriter;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;

/// Shows a domain's records turning green: redrawn in place on a terminal, a line for each change
/// elsewhere. The relay itself looks up what is missing in ever longer intervals; this asks it to
/// look again every few seconds, for as long as somebody watches. One thread uses it, once.
final class VerificationWatch {
  /// How often the relay is asked to look again. Resolvers remember an absence for longer anyway.
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(15);

  private final Waybillctl root;
  private final Terminal terminal;
  private final ApiPath path;
  private final Map<String, String> seen = new HashMap<>();

  VerificationWatch(Waybillctl root, ApiPath path) {
    this.root = root;
    this.terminal = root.terminal();
    this.path = path;
  }

  /// Waits until the domain is verified, at most for `timeout`, and writes what was found last. The
  /// first look has been asked for already.
  ///
  /// @param interval how often to ask what the relay has found
  /// @return the exit code
  int run(Duration timeout, Duration interval) throws Failure {
    JsonNode first = root.client().get(path);
    Patience patience = new Patience(interval, timeout);
    JsonNode domain =
        terminal.redraws() ? watch(first, patience, timeout) : follow(first, patience, null, null);
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

  private JsonNode watch(JsonNode first, Patience patience, Duration timeout) throws Failure {
    VerificationPicture picture = new VerificationPicture(terminal, patience, timeout, first);
    try (LiveView view =
        new LiveView(
            terminal,
            picture,
            "Stopped waiting. The relay goes on looking; see: waybillctl domains show "
                + Text.visible(Column.text(first.path("name"))))) {
      return follow(first, patience, picture, view);
    }
  }

  private JsonNode follow(
      JsonNode first,
      Patience patience,
      @Nullable VerificationPicture picture,
      @Nullable LiveView view)
      throws Failure {
    Duration next = BETWEEN_LOOKS;
    JsonNode domain = first;
    while (true) {
      if (picture == null) {
        domain.path("records").forEach(this::tell);
      } else {
        picture.show(domain, next);
      }
      if (verified(domain) || !patience.pause()) {
        return domain;
      }
      if ((view != null && view.asked()) || patience.elapsed().compareTo(next) >= 0) {
        if (picture != null) {
          picture.look();
        }
        root.client().post(path.then("verify"), Json.object());
        next = patience.elapsed().plus(BETWEEN_LOOKS);
      }
      domain = root.client().get(path);
    }
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

  private void tell(JsonNode record) {
    String status = Column.text(record.path("status"));
    String explanation = Column.text(record.path("explanation"));
    if (!status.equals(seen.put(title(record), status))) {
      boolean explained = !explanation.isEmpty() && !verified(record);
      terminal.say(status + "  " + title(record) + (explained ? ": " + explanation : ""));
    }
  }
}

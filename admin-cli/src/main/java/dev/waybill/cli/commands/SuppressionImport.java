package dev.waybill.cli.commands;

import dev.waybill.cli.client.ApiPath;
import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Json;
import dev.waybill.cli.transfer.Progress;
import dev.waybill.cli.transfer.SuppressionFile;
import dev.waybill.cli.transfer.SuppressionFile.Row;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// Hands a file of addresses to the relay, a thousand at a time. One thread uses it, once.
final class SuppressionImport {
  /// The most that the relay takes at once.
  private static final int BATCH = 1_000;

  /// How the relay names the entry that it refuses.
  private static final Pattern REFUSED =
      Pattern.compile("entry (\\d{1,4}): (.*?)(?: \\(\\d{3} .*)?$");

  private final Waybillctl root;
  private final ApiPath suppressions;
  private long read;
  private long added;

  SuppressionImport(Waybillctl root, ApiPath suppressions) {
    this.root = root;
    this.suppressions = suppressions;
  }

  /// @param defaults the fields of rows that do not say
  /// @return the exit code: 1 when some rows were not taken
  int run(Path path, ObjectNode defaults, boolean dryRun) throws Failure {
    try (SuppressionFile file = new SuppressionFile(path, defaults)) {
      try (Progress progress = new Progress(root.terminal(), "addresses", 0)) {
        for (List<Row> rows = file.next(BATCH); !rows.isEmpty(); rows = file.next(BATCH)) {
          if (!dryRun) {
            handIn(new ArrayList<>(rows), file);
          }
          read += rows.size();
          progress.add(rows.size());
        }
      }
      return tell(file, dryRun);
    }
  }

  /// All or none: the relay names a row that it refuses, and the others are handed in again.
  private void handIn(List<Row> rows, SuppressionFile file) throws Failure {
    while (!rows.isEmpty()) {
      ObjectNode body = Json.object();
      ArrayNode entries = body.putArray("suppressions");
      rows.forEach(row -> entries.add(row.entry()));
      try {
        JsonNode answer = root.client().post(suppressions.then("batch").then("add"), body);
        added += answer.path("added").asLong(0);
        return;
      } catch (Failure refusal) {
        Matcher named = REFUSED.matcher(refusal.problem());
        int place = named.find() ? Integer.parseInt(named.group(1)) - 1 : -1;
        if (refusal.code() != ExitCode.REFUSED || place < 0 || place >= rows.size()) {
          throw refusal;
        }
        file.refuse(rows.remove(place).line(), named.group(2));
        read--;
      }
    }
  }

  private int tell(SuppressionFile file, boolean dryRun) {
    for (SuppressionFile.Problem problem : file.problems()) {
      root.say("line %d: %s".formatted(problem.line(), problem.text()));
    }
    if (file.skipped() > file.problems().size()) {
      root.say("and %d more".formatted(file.skipped() - file.problems().size()));
    }
    root.report()
        .change(
            Json.object()
                .put("read", read)
                .put("added", added)
                .put("skipped", file.skipped())
                .put("dry_run", dryRun),
            List.of());
    root.say(
        dryRun
            ? "%d addresses, %d rows that are none; nothing was changed."
                .formatted(read, file.skipped())
            : "%d addresses read, %d new, %d rows skipped.".formatted(read, added, file.skipped()));
    return (file.skipped() == 0 ? ExitCode.OK : ExitCode.FAILED).number();
  }
}

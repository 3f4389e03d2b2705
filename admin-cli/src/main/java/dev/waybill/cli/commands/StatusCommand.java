package dev.waybill.cli.commands;

import dev.waybill.cli.client.ApiPath;
import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/// `status`: how the relay is. One thread uses it.
@Command(
    name = "status",
    description = {
      "Show the relay's version, health, queue and domains.",
      "The exit code tells whether it answered, not whether it is healthy."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  waybillctl status",
      "  waybillctl --url http://10.0.0.5:8081 status --output json | jq -r .health"
    })
final class StatusCommand implements Callable<Integer> {
  private final Waybillctl root;

  StatusCommand(Waybillctl root) {
    this.root = root;
  }

  @Override
  public Integer call() throws Failure {
    JsonNode status = root.client().get(ApiPath.of("status"));
    List<Column> columns =
        new ArrayList<>(
            List.of(
                Column.of("VERSION", "version"),
                Column.of("HOSTNAME", "hostname"),
                Column.time("STARTED", "started_at"),
                Column.of("UPTIME", "uptime_seconds", Text::seconds),
                Column.of("HEALTH", "health"),
                Column.of("REASON", "health_reason")));
    counts(status, "queue", columns);
    counts(status, "domains", columns);
    counts(status, "breakers", columns);
    root.report().object(status, columns);
    return 0;
  }

  /// The states and statuses are whatever this relay knows.
  private static void counts(JsonNode status, String group, List<Column> columns) {
    for (String name : status.path(group).propertyNames()) {
      String heading = (group + " " + name).toUpperCase(Locale.ROOT).replace('_', ' ');
      columns.add(Column.of(heading, group + "." + name));
    }
  }
}

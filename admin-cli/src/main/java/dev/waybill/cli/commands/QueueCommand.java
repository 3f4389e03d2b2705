package dev.waybill.cli.commands;

import dev.waybill.cli.client.ApiPath;
import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Json;
import dev.waybill.cli.output.Text;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/// `queue`: what waits to be delivered. One thread uses it.
@Command(
    name = "queue",
    synopsisSubcommandLabel = "VERB",
    description = "What waits to be delivered.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  waybillctl queue summary",
      "  waybillctl queue summary --output json | jq .states.deferred"
    })
final class QueueCommand {
  private static final List<Column> DESTINATIONS =
      List.of(
          Column.of("DESTINATION", "domain"),
          Column.of("DELIVERIES", "deliveries"),
          Column.time("NEXT ATTEMPT", "next_attempt_at"),
          Column.prose("LAST REPLY", "last_reply"));
  private static final List<Column> STATES =
      List.of(Column.of("STATE", "state"), Column.of("DELIVERIES", "deliveries"));

  private final Waybillctl root;

  QueueCommand(Waybillctl root) {
    this.root = root;
  }

  @Command(
      name = "summary",
      description = {
        "Count deliveries by state and by destination.",
        "CSV has the destinations only."
      })
  void summary() throws Failure {
    JsonNode queue = root.client().get(ApiPath.of("queue"));
    switch (root.output) {
      case JSON -> root.report().json(queue);
      case CSV -> root.report().rows(queue, queue.path("destinations"), DESTINATIONS);
      case TABLE -> table(queue);
    }
  }

  private void table(JsonNode queue) {
    List<JsonNode> states = new ArrayList<>();
    queue
        .path("states")
        .forEachEntry((state, count) ->
            states.add(Json.object().put("state", state).set("deliveries", count)));
    root.report().table(states, STATES);
    String oldest = Column.text(queue.path("oldest_seconds"));
    if (oldest.isEmpty()) {
      root.say("The queue is empty.");
      return;
    }
    root.report().out().println();
    root.report().out().println("Oldest: " + Text.seconds(oldest));
    root.report().out().println();
    root.report().table(queue.path("destinations"), DESTINATIONS);
  }
}

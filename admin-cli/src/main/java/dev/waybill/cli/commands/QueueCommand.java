package dev.waybill.cli.commands;

import dev.waybill.cli.client.ApiPath;
import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Json;
import dev.waybill.cli.output.Text;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.ArgGroup;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `queue`: what waits to be delivered. One thread uses it.
@Command(
    name = "queue",
    synopsisSubcommandLabel = "VERB",
    description = "What waits to be delivered.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  waybillctl queue summary",
      "  waybillctl queue summary --output json | jq .states.deferred",
      "  waybillctl queue retry --destination example.net"
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

  private static final List<Column> RETRY = List.of(Column.of("DELIVERIES", "deliveries"));

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

  @Command(
      name = "retry",
      description = {
        "Try deferred mail now instead of at its time.",
        "Hosts that could not be reached are called on again at once."
      })
  void retry(@ArgGroup(multiplicity = "1") Selection selection) throws Failure {
    ObjectNode body = Json.object();
    if (selection.destination != null) {
      body.put("destination", selection.destination);
    } else if (selection.messageId != null) {
      body.put("message_id", selection.messageId);
    } else {
      body.put("all", true);
    }
    JsonNode answer = root.client().post(ApiPath.of("queue").then("retry"), body);
    root.report().change(answer, RETRY);
    root.say("Deliveries due now: " + Column.text(answer.path("deliveries")) + ".");
  }

  /// Which deferred mail.
  static final class Selection {
    @Option(names = "--all", required = true, description = "Everything that is deferred.")
    boolean all;

    @Option(
        names = "--destination",
        paramLabel = "DOMAIN",
        required = true,
        description = "What goes to this recipient domain.")
    @Nullable String destination;

    @Parameters(paramLabel = "MESSAGE_ID", description = "The recipients of one message.")
    @Nullable String messageId;
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

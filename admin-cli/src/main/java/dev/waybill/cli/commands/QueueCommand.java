package dev.waybill.cli.commands;

import dev.waybill.cli.client.ApiPath;
import dev.waybill.cli.client.Pages;
import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Json;
import dev.waybill.cli.output.Text;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
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
      "  waybillctl queue list --state deferred --destination example.net",
      "  waybillctl queue hold --domain example.com --stream marketing --reason 'wrong link'",
      "  waybillctl queue retry --destination example.net",
      "  waybillctl queue cancel --older-than 2d --dry-run"
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

  private static final List<Column> DELIVERIES =
      List.of(
          Column.of("EMAIL", "email_id"),
          Column.of("TO", "to"),
          Column.of("STATE", "state"),
          Column.of("TRIES", "attempts"),
          Column.time("NEXT ATTEMPT", "next_attempt_at"),
          Column.prose("REASON", "reason"));

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

  @Command(name = "list", description = "List single deliveries that wait, oldest first.")
  void list(
      @Mixin QueueSelection selection,
      @Option(
              names = "--limit",
              paramLabel = "N",
              description = "At most so many (default: 100).",
              defaultValue = "100")
          int limit)
      throws Failure {
    Pages.Listing listing =
        new Pages(root.client())
            .read(
                selection.on(ApiPath.of("queue").then("deliveries")),
                Pages.EVENTS_PAGE,
                Limits.positive("--limit", limit));
    root.report().rows(listing.whole(), listing.items(), DELIVERIES);
    if (listing.items().isEmpty()) {
      root.say("Nothing waits that this applies to.");
    } else if (listing.hasMore()) {
      root.say("There are more; give a larger --limit to see them.");
    }
  }

  @Command(
      name = "hold",
      description = {
        "Let deliveries wait until they are released.",
        "Holds outlast restarts. What is being sent goes on to the end of its attempt."
      })
  void hold(
      @Mixin QueueSelection selection,
      @Mixin Scope scope,
      @Option(
              names = "--reason",
              paramLabel = "TEXT",
              description = "Why, for whoever lists the queue.")
          @Nullable String reason)
      throws Failure {
    change("hold", "held", selection, scope, reason);
  }

  @Command(
      name = "release",
      description = "Let held deliveries go on; scheduled ones wait for their time.")
  void release(@Mixin QueueSelection selection, @Mixin Scope scope) throws Failure {
    change("release", "released", selection, scope, null);
  }

  @Command(
      name = "retry",
      description = {
        "Try deferred mail now instead of at its time.",
        "Hosts that could not be reached are called on again at once."
      })
  void retry(@Mixin QueueSelection selection, @Mixin Scope scope) throws Failure {
    change("retry", "due now", selection, scope, null);
  }

  @Command(
      name = "cancel",
      description = {
        "Never deliver them. Each tells email.cancelled.",
        "What is being sent goes on to the end of its attempt."
      })
  void cancel(
      @Mixin QueueSelection selection,
      @Mixin Scope scope,
      @Option(names = "--reason", paramLabel = "TEXT", description = "Why, for the event.")
          @Nullable String reason,
      @Option(names = "--yes", description = "Do not ask.") boolean yes)
      throws Failure {
    if (!yes && !scope.dryRun) {
      JsonNode count = new QueueChange(root, "cancel").count(selection.body(scope.all));
      long all = count.path("deliveries").asLong(0) + count.path("being_sent").asLong(0);
      if (all > 0) {
        Confirmation.of(root.terminal(), String.format(Locale.ROOT, "Cancel %,d deliveries?", all));
      }
    }
    change("cancel", "cancelled", selection, scope, reason);
  }

  /// How a change is made.
  static final class Scope {
    @Option(names = "--all", description = "Everything that waits.")
    boolean all;

    @Option(names = "--dry-run", description = "Only count.")
    boolean dryRun;
  }

  private void change(
      String verb, String done, QueueSelection selection, Scope scope, @Nullable String reason)
      throws Failure {
    ObjectNode body = selection.body(scope.all);
    if (reason != null) {
      body.put("reason", reason);
    }
    QueueChange change = new QueueChange(root, verb);
    JsonNode count = change.count(body);
    long expected = count.path("deliveries").asLong(0) + count.path("being_sent").asLong(0);
    change.tell(scope.dryRun ? count : change.run(body, expected), done);
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

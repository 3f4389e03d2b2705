package dev.waybill.relay.admin;

import dev.waybill.relay.http.Json;
import dev.waybill.relay.http.Request;
import dev.waybill.relay.http.Response;
import dev.waybill.relay.http.Route;
import dev.waybill.relay.operations.DeliveryState;
import dev.waybill.relay.queue.Queue;
import dev.waybill.relay.queue.QueueSummary;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `/queue`: what waits, by state and destination.
final class QueueResource {
  record DestinationView(
      String domain, long deliveries, @Nullable String nextAttemptAt, @Nullable String lastReply) {}

  /// @param countedAt when the states were counted, which can be a while ago in a long queue
  /// @param oldestSeconds the age of the oldest waiting message; null when none waits
  record QueueView(
      String object,
      String countedAt,
      Map<String, Long> states,
      @Nullable Double oldestSeconds,
      List<DestinationView> destinations) {

    static QueueView of(QueueSummary summary, Instant now) {
      Instant oldest = summary.oldestAcceptedAt();
      return new QueueView(
          "queue",
          Times.text(summary.countedAt()),
          statesOf(summary),
          oldest == null ? null : Math.max(0, Duration.between(oldest, now).toMillis()) / 1000.0,
          summary.destinations().stream()
              .map(destination ->
                  new DestinationView(
                      destination.domain(),
                      destination.deliveries(),
                      Times.textOrNull(destination.nextAttemptAt()),
                      destination.lastReply()))
              .toList());
    }
  }

  private final Queue queue;
  private final InstantSource clock;

  QueueResource(Queue queue, InstantSource clock) {
    this.queue = queue;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(Route.get("/queue", this::show));
  }

  /// Every state, in the order of a delivery's life, with 0 where nothing is.
  static Map<String, Long> statesOf(QueueSummary summary) {
    Map<String, Long> states = new LinkedHashMap<>();
    for (DeliveryState state : DeliveryState.values()) {
      states.put(state.text(), summary.states().getOrDefault(state.text(), 0L));
    }
    return states;
  }

  private Response show(Request request) {
    return Json.response(200, QueueView.of(queue.summary(), clock.instant()));
  }
}

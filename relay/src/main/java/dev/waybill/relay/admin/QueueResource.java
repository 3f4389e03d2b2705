package dev.waybill.relay.admin;

import dev.waybill.relay.http.Json;
import dev.waybill.relay.http.Problem;
import dev.waybill.relay.http.Refusal;
import dev.waybill.relay.http.Request;
import dev.waybill.relay.http.Response;
import dev.waybill.relay.http.Route;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.queue.Queue;
import dev.waybill.relay.queue.QueueSummary;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `/queue`: what waits, by state and destination, and `/queue/retry`: deferred mail tried now.
final class QueueResource {
  private static final List<String> STATES =
      List.of("scheduled", "queued", "sending", "deferred", "held");

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

  /// What to try now: exactly one of them.
  record RetryRequest(
      @Nullable Boolean all, @Nullable String destination, @Nullable String messageId) {

    /// @throws Refusal when none or several are given, or one cannot be read
    Queue.Retry checked() {
      boolean everything = Boolean.TRUE.equals(all);
      int given =
          (everything ? 1 : 0) + (destination == null ? 0 : 1) + (messageId == null ? 0 : 1);
      if (given != 1) {
        throw new Refusal(
            Problem.invalid(
                "%d of all, destination and message_id are given (expected: 1)".formatted(given)));
      }
      if (destination != null) {
        return new Queue.Retry.Destination(
            DomainName.parse(destination)
                .orElseThrow(() ->
                    new Refusal(
                        Problem.invalid(
                            "destination", "\"" + destination + "\"", "a recipient domain"))));
      }
      if (messageId != null) {
        return new Queue.Retry.Message(
            Ids.parse(messageId)
                .orElseThrow(() ->
                    new Refusal(
                        Problem.invalid(
                            "message_id", "\"" + messageId + "\"", "the id of a message"))));
      }
      return new Queue.Retry.All();
    }
  }

  /// @param deliveries how many are due now that were not
  record RetryView(String object, long deliveries) {}

  private final Queue queue;
  private final InstantSource clock;

  QueueResource(Queue queue, InstantSource clock) {
    this.queue = queue;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(Route.get("/queue", this::show), Route.post("/queue/retry", this::retry));
  }

  /// Every state, in the order of a delivery's life, with 0 where nothing is.
  static Map<String, Long> statesOf(QueueSummary summary) {
    Map<String, Long> states = new LinkedHashMap<>();
    STATES.forEach(state -> states.put(state, summary.states().getOrDefault(state, 0L)));
    return states;
  }

  private Response show(Request request) {
    return Json.response(200, QueueView.of(queue.summary(), clock.instant()));
  }

  private Response retry(Request request) {
    long deliveries = queue.retry(Json.readWhole(request, RetryRequest.class).checked());
    return Json.response(200, new RetryView("queue", deliveries));
  }
}

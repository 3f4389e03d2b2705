package dev.waybill.relay.admin;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.http.Json;
import dev.waybill.relay.http.Parameters;
import dev.waybill.relay.http.Problem;
import dev.waybill.relay.http.Refusal;
import dev.waybill.relay.http.Request;
import dev.waybill.relay.http.Response;
import dev.waybill.relay.http.Route;
import dev.waybill.relay.operations.DeliveryState;
import dev.waybill.relay.operations.Operation;
import dev.waybill.relay.operations.Operations;
import dev.waybill.relay.operations.WaitingDelivery;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// `/queue/deliveries`, `/queue/hold` and its like: single deliveries that wait, and what an
/// operator does with them.
final class QueueOperationsResource {
  private static final int MAX_LIMIT = 1_000;
  private static final int DEFAULT_LIMIT = 100;

  /// @param id to go on behind it: the message's id and the recipient's number
  /// @param wish `hold` or `cancel`, where that waits for the end of an attempt
  /// @param reason why it waits: the last reply, or why it is held
  record DeliveryView(
      String object,
      String id,
      String emailId,
      String to,
      String state,
      @Nullable String wish,
      int attempts,
      @Nullable String nextAttemptAt,
      @Nullable String lastAttemptAt,
      @Nullable String reason,
      String acceptedAt,
      String domain,
      String stream,
      String from,
      String subject) {
    static DeliveryView of(WaitingDelivery waiting) {
      WaitingDelivery.Facts facts = waiting.facts();
      return new DeliveryView(
          "delivery",
          QueueFilter.cursor(waiting.key()),
          waiting.key().messageId().toString(),
          waiting.recipient(),
          waiting.state().text(),
          waiting.wish(),
          waiting.attempts(),
          Times.textOrNull(waiting.dueAt()),
          Times.textOrNull(waiting.lastAttemptAt()),
          waiting.reason(),
          Times.text(facts.acceptedAt()),
          facts.domain(),
          facts.stream(),
          facts.headerFrom(),
          facts.subject());
    }
  }

  /// What an operation came to, or would come to.
  ///
  /// @param deliveries how many wait differently now, or wait no more
  /// @param beingSent how many more are being sent, and follow when their attempt has ended
  /// @param next to be given as `after`, where more than can be done at once are meant; else null
  record ChangeView(
      String object, boolean dryRun, long deliveries, long beingSent, @Nullable String next) {}

  private interface Made {
    Operation with(@Nullable String reason);
  }

  private final Operations operations;
  private final InstantSource clock;

  QueueOperationsResource(Operations operations, InstantSource clock) {
    this.operations = operations;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/queue/deliveries", this::list),
        Route.post(
            "/queue/hold",
            request ->
                change(request, reason -> new Operation.Hold(given(reason, "held by hand")))),
        Route.post("/queue/release", request -> change(request, _ -> new Operation.Release())),
        Route.post("/queue/retry", request -> change(request, _ -> new Operation.Retry())),
        Route.post(
            "/queue/cancel",
            request ->
                change(
                    request, reason -> new Operation.Cancel(given(reason, "cancelled by hand")))));
  }

  private Response list(Request request) {
    Parameters parameters = request.parameters();
    QueueFilter filter = QueueFilter.of(parameters);
    Instant now = clock.instant();
    int limit = (int) parameters.number("limit", DEFAULT_LIMIT, 1, MAX_LIMIT);
    DeliveryKey after = parameters.text("after").map(QueueFilter::key).orElse(null);
    List<WaitingDelivery> found =
        operations.list(filter.selection(now), after, Math.min(limit + 1, MAX_LIMIT));
    boolean hasMore =
        limit < MAX_LIMIT
            ? found.size() > limit
            : found.size() == limit
                && !operations.list(filter.selection(now), found.getLast().key(), 1).isEmpty();
    return Json.response(
        200, Page.of(hasMore, found.stream().limit(limit).map(DeliveryView::of).toList()));
  }

  private Response change(Request request, Made made) {
    QueueFilter filter = Json.readWhole(request, QueueFilter.class).checked();
    Instant now = clock.instant();
    QueueFilter.Progress progress = filter.progress(now);
    Operation operation;
    try {
      operation = made.with(filter.reason());
    } catch (IllegalArgumentException unusable) {
      throw new Refusal(Problem.invalid(String.valueOf(unusable.getMessage())));
    }
    if (Boolean.TRUE.equals(filter.dryRun())) {
      Map<DeliveryState, Long> counts = operations.count(operation, filter.selection(now));
      long inHand = counts.getOrDefault(DeliveryState.SENDING, 0L);
      long all = counts.values().stream().mapToLong(Long::longValue).sum();
      return Json.response(200, new ChangeView("queue", true, all - inHand, inHand, null));
    }
    Operations.Change change =
        operations.change(
            operation, filter.selection(progress.start()), progress.after(), progress.start());
    DeliveryKey next = change.next();
    return Json.response(
        200,
        new ChangeView(
            "queue",
            false,
            change.deliveries(),
            change.beingSent(),
            next == null ? null : QueueFilter.Progress.text(progress.start(), next)));
  }

  private static String given(@Nullable String reason, String otherwise) {
    return reason == null ? otherwise : reason;
  }
}

package dev.waybill.relay.queue;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How much mail waits, in all and by recipient domain.
///
/// @param countedAt when the states were counted: dear counts are shown again for a while
/// @param states deliveries by state (`scheduled`, `queued`, `sending`, `deferred`, `held`)
/// @param oldestAcceptedAt when the oldest waiting message was accepted; null when none waits
/// @param destinations the recipient domains with most waiting deliveries, at most 100
public record QueueSummary(
    Instant countedAt,
    Map<String, Long> states,
    @Nullable Instant oldestAcceptedAt,
    List<Destination> destinations) {
  /// One recipient domain.
  ///
  /// @param nextAttemptAt the earliest due time among them; null when all are being sent or held
  /// @param lastReply the newest refusal seen there; null for none
  public record Destination(
      String domain,
      long deliveries,
      @Nullable Instant nextAttemptAt,
      @Nullable String lastReply) {}

  public QueueSummary {
    states = Map.copyOf(states);
    destinations = List.copyOf(destinations);
  }
}

package dev.waybill.relay.operations;

import dev.waybill.relay.events.DeliveryKey;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/// A delivery that is not settled, as an operator sees it.
///
/// @param state what it waits for
/// @param wish what an operator wants of it, to be done when its node lets go of it; null for
///   nothing
/// @param attempts how often it was tried
/// @param dueAt when it is tried next; null while it is in hand or held
/// @param lastAttemptAt when it was tried last; null when it was not
/// @param reason why it waits: what it waits for in a node's memory, the last reply, or why it is
///   held; null when nothing is known
public record WaitingDelivery(
    DeliveryKey key,
    String recipient,
    DeliveryState state,
    @Nullable String wish,
    int attempts,
    @Nullable Instant dueAt,
    @Nullable Instant lastAttemptAt,
    @Nullable String reason,
    Facts facts) {
  /// The same with another reason; itself where there is none.
  WaitingDelivery because(@Nullable String other) {
    return other == null
        ? this
        : new WaitingDelivery(
            key, recipient, state, wish, attempts, dueAt, lastAttemptAt, other, facts);
  }

  /// Of its message.
  public record Facts(
      Instant acceptedAt, String domain, String stream, String headerFrom, String subject) {}
}

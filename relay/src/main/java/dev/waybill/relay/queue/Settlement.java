package dev.waybill.relay.queue;

import dev.waybill.relay.events.Event;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/// What becomes of a delivery after an attempt, and the events that tell it.
///
/// @param delivery the delivery
/// @param owner the incarnation of this node that holds its lease
/// @param next where it goes
/// @param events what to write when the lease still held
record Settlement(ReadyDelivery delivery, long owner, Next next, List<Event> events) {
  /// Where a delivery goes.
  sealed interface Next {
    /// Its row is removed: delivered, bounced, expired or suppressed.
    record Done() implements Next {}

    /// It is tried again.
    ///
    /// @param attempts how often it was tried, this time included
    /// @param attemptedAt when; null when it was not tried
    record Again(
        String state,
        int attempts,
        Instant dueAt,
        @Nullable Instant attemptedAt,
        @Nullable String lastReply)
        implements Next {}

    /// It waits: for an operator where a route holds it, else for the next start too.
    ///
    /// @param route the route that holds it; null after a fault of ours
    record Held(String reason, @Nullable String route) implements Next {}
  }
}

package dev.waybill.relay.delivery;

import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.smtp.Dialogue;
import dev.waybill.relay.transcripts.Attempt;
import java.util.ArrayList;
import java.util.List;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Takes down what is said in one worker's attempts, one after the other. Confined to its thread;
/// what [#end] gives belongs to whoever gets it.
final class Minutes {
  /// Parts of one attempt at most; a host with many addresses that all turn us away fills them.
  private static final int MAX_PARTS = 24;

  private final LongSupplier nanos;
  private List<Attempt.Part> parts = new ArrayList<>(2);
  private @Nullable Dialogue connection;
  private boolean introduced;
  private long began;

  /// @param nanos a monotonic clock in nanoseconds
  Minutes(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /// An attempt begins, on the connection of the last one if that stands.
  void begin() {
    parts = new ArrayList<>(2);
    introduced = false;
    began = nanos.getAsLong();
  }

  /// Why something was of no use.
  void remark(String text) {
    if (parts.isEmpty() || parts.getLast().kind() != Attempt.Kind.REMARKS) {
      add(Attempt.Kind.REMARKS, new Dialogue(nanos));
    }
    parts.getLast().dialogue().note(text);
  }

  /// A session is opened on a new connection.
  Dialogue connection() {
    Dialogue opening = new Dialogue(nanos);
    add(Attempt.Kind.CONNECTION, opening);
    connection = opening;
    introduced = true;
    return opening;
  }

  /// A transaction begins on the connection that was opened last.
  Dialogue transaction() {
    if (!introduced && connection != null) {
      add(Attempt.Kind.EARLIER_CONNECTION, connection);
      introduced = true;
    }
    Dialogue transaction = new Dialogue(nanos);
    add(Attempt.Kind.TRANSACTION, transaction);
    return transaction;
  }

  /// The attempt has ended.
  Attempt end(ReadyDelivery delivery, AttemptOutcome outcome) {
    return new Attempt(
        delivery.key(), delivery.attempts() + 1, ending(outcome), began, nanos.getAsLong(), parts);
  }

  private void add(Attempt.Kind kind, Dialogue dialogue) {
    if (parts.size() == MAX_PARTS) {
      parts.removeFirst();
    }
    parts.add(new Attempt.Part(kind, dialogue));
  }

  private static Attempt.Ending ending(AttemptOutcome outcome) {
    return switch (outcome) {
      case AttemptOutcome.Delivered(_, String reply, _) -> new Attempt.Ending("delivered", reply);
      case AttemptOutcome.Deferred(_, String reply, _) -> new Attempt.Ending("deferred", reply);
      case AttemptOutcome.Rejected(_, String reply, _) -> new Attempt.Ending("rejected", reply);
      case AttemptOutcome.Unreachable(String reason, _) ->
          new Attempt.Ending("unreachable", reason);
      case AttemptOutcome.Postponed(String reason, _) -> new Attempt.Ending("postponed", reason);
      case AttemptOutcome.Suppressed(String reason) -> new Attempt.Ending("suppressed", reason);
      case AttemptOutcome.Discarded(String route) -> new Attempt.Ending("discarded", route);
      case AttemptOutcome.Held(String route) -> new Attempt.Ending("held", route);
      case AttemptOutcome.Fault(String reason) -> new Attempt.Ending("fault", reason);
    };
  }
}

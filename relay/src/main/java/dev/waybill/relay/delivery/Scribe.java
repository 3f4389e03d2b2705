package dev.waybill.relay.delivery;

import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.transcripts.Attempt;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Has minutes taken and hands them in; what becomes of them never concerns the mail. Any thread
/// may use it.
///
/// @param nanos a monotonic clock in nanoseconds
/// @param attempts takes each attempt that has ended
record Scribe(LongSupplier nanos, Consumer<Attempt> attempts) {
  private static final Logger LOG = LoggerFactory.getLogger(Scribe.class);

  Minutes minutes() {
    return new Minutes(nanos);
  }

  /// What was only postponed was not attempted.
  void ended(ReadyDelivery delivery, AttemptOutcome outcome, Minutes minutes) {
    if (outcome instanceof AttemptOutcome.Postponed) {
      return;
    }
    try {
      attempts.accept(minutes.end(delivery, outcome));
    } catch (RuntimeException fault) {
      LOG.warn("an attempt at {} is not written down", delivery.key(), fault);
    }
  }

  /// An attempt that was over before anybody was called.
  void ended(ReadyDelivery delivery, AttemptOutcome outcome) {
    Minutes minutes = minutes();
    minutes.begin();
    ended(delivery, outcome, minutes);
  }
}

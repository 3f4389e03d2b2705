package dev.waybill.relay.delivery;

import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.queue.ReadyDelivery;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The two ways in which a delivery leaves this room: settled, or released unattempted. Any thread
/// may call it.
///
/// Where the queue does not take it, the delivery stays leased and comes again when the lease runs
/// out.
record Ends(BiConsumer<ReadyDelivery, AttemptOutcome> settle, Consumer<ReadyDelivery> release) {
  private static final Logger LOG = LoggerFactory.getLogger(Ends.class);

  void settled(ReadyDelivery delivery, AttemptOutcome outcome) {
    try {
      settle.accept(delivery, outcome);
    } catch (RuntimeException fault) {
      LOG.error("the outcome of {} was not taken: {}", delivery.key(), outcome, fault);
    }
  }

  void released(ReadyDelivery delivery) {
    try {
      release.accept(delivery);
    } catch (RuntimeException fault) {
      LOG.error("the release of {} was not taken", delivery.key(), fault);
    }
  }
}

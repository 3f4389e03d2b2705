package dev.waybill.relay.delivery;

import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.report.BounceJudge;
import dev.waybill.relay.report.Permanence;
import dev.waybill.relay.suppression.Suppression;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a domain from writing again to a mailbox whose host said that it does not exist. Any
/// thread may call it.
public final class HardBounces {
  private static final Logger LOG = LoggerFactory.getLogger(HardBounces.class);

  /// Adds a suppression for the domain and every stream.
  @FunctionalInterface
  public interface Suppressing {
    Suppression add(EmailAddress address, UUID domainId);
  }

  private final Suppressing suppressing;
  private final BounceJudge judge = BounceJudge.load();

  public HardBounces(Suppressing suppressing) {
    this.suppressing = suppressing;
  }

  /// Whether the outcome says that the address is dead, as opposed to no wish for this mail: by the
  /// same rules as reports that come later.
  boolean saysDeadAddress(AttemptOutcome outcome) {
    return outcome instanceof AttemptOutcome.Rejected(_, String reply, _)
        && judge.judge(reply).permanence() == Permanence.HARD;
  }

  /// Looks at an outcome that was settled; suppresses on a thread of its own, for it is durable
  /// before it ends. A storage that fails leaves the address to its next bounce.
  public void hear(ReadyDelivery delivery, AttemptOutcome outcome) {
    if (saysDeadAddress(outcome)) {
      Thread.ofVirtual().name("hard-bounce").start(() -> suppress(delivery));
    }
  }

  private void suppress(ReadyDelivery delivery) {
    try {
      var _ = suppressing.add(delivery.recipient(), delivery.message().facts().domainId());
    } catch (RuntimeException failure) {
      LOG.warn("{} bounced but is not suppressed yet", delivery.key(), failure);
    }
  }
}

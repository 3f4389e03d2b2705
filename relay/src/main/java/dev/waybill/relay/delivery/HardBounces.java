package dev.waybill.relay.delivery;

import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.smtp.EnhancedStatus;
import dev.waybill.relay.suppression.Suppression;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps a domain from writing again to a mailbox whose host said that it does not exist. Any
/// thread may call it.
public final class HardBounces {
  private static final Logger LOG = LoggerFactory.getLogger(HardBounces.class);

  /// Bad mailbox, bad destination system, moved without a new address, null MX (RFC 3463 §3.2, RFC
  /// 7505 §4.2).
  private static final Set<String> NO_SUCH_ADDRESS = Set.of("5.1.1", "5.1.2", "5.1.6", "5.1.10");

  /// Adds a suppression for the domain and every stream.
  @FunctionalInterface
  public interface Suppressing {
    Suppression add(EmailAddress address, UUID domainId);
  }

  private final Suppressing suppressing;

  public HardBounces(Suppressing suppressing) {
    this.suppressing = suppressing;
  }

  /// Whether the outcome says that there is no such address, as opposed to no wish for this mail.
  static boolean saysNoSuchAddress(AttemptOutcome outcome) {
    return outcome instanceof AttemptOutcome.Rejected(_, String reply)
        && EnhancedStatus.inReply(reply)
            .map(EnhancedStatus::toString)
            .filter(NO_SUCH_ADDRESS::contains)
            .isPresent();
  }

  /// Looks at an outcome that was settled; suppresses on a thread of its own, for it is durable
  /// before it ends. A storage that fails leaves the address to its next bounce.
  public void hear(ReadyDelivery delivery, AttemptOutcome outcome) {
    if (saysNoSuchAddress(outcome)) {
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

package dev.waybill.relay.delivery;

import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.queue.MessageFacts;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.sources.SourceAddress;
import dev.waybill.relay.sources.SourceChoice;
import dev.waybill.relay.sources.WarmUps;
import java.net.InetAddress;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// From which of our addresses a worker's mail leaves, and whether it may yet: new addresses send
/// little on their first days ([WarmUps]). Confined to the worker.
///
/// A message is counted when it is about to be sent and not when somebody is called: what a host
/// sees is transactions, and mail for a site that is down must not use up what others could send.
/// So a worker can find that others were faster; then its delivery goes back into the queue.
final class Departure {
  private final WarmUps warmUps;
  private final List<SourceAddress> pool;
  private @Nullable MessageFacts facts;
  private @Nullable SourceChoice choice;
  private @Nullable InetAddress source;

  Departure(Site site, Workshop shop) {
    this.warmUps = shop.warmUps();
    this.pool = shop.settings().sources().of(site.key().pool());
  }

  /// Another delivery is to leave.
  ///
  /// @return whether it may over the connection that there is, if there is one
  boolean begins(ReadyDelivery delivery) {
    MessageFacts next = delivery.message().facts();
    facts = next;
    return source == null || warmUps.hasLeft(source, next.stream(), next.dueSince());
  }

  /// Where somebody may be called on from.
  SourceChoice choice() {
    MessageFacts of = facts();
    SourceChoice next = warmUps.choice(pool, of.stream(), of.dueSince());
    choice = next;
    return next;
  }

  /// Why nobody is to be called on today; empty where somebody may be.
  Optional<AttemptOutcome.Postponed> held() {
    return choice().isSpent() ? Optional.of(postponed()) : Optional.empty();
  }

  /// Why nobody could be called on from the last choice; empty where that had another reason.
  Optional<AttemptOutcome.Postponed> missed() {
    return choice != null && choice.hasMissed() ? Optional.of(postponed()) : Optional.empty();
  }

  /// A connection stands.
  ///
  /// @param from empty where the system picked the address
  void opened(Optional<InetAddress> from) {
    source = from.orElse(null);
  }

  /// Counts the message that is about to be sent over the connection.
  ///
  /// @return false where it must not be
  boolean takes() {
    MessageFacts of = facts();
    return source == null || warmUps.take(source, of.stream(), of.dueSince());
  }

  /// Where the connection comes from; null where the system picked the address.
  @Nullable String source() {
    return source == null ? null : source.getHostAddress();
  }

  private AttemptOutcome.Postponed postponed() {
    MessageFacts of = facts();
    WarmUps.Wait wait = warmUps.hold(pool, of.stream(), of.dueSince());
    return new AttemptOutcome.Postponed(wait.reason(), wait.pause());
  }

  private MessageFacts facts() {
    if (facts == null) {
      throw new IllegalStateException("nothing is to leave");
    }
    return facts;
  }
}

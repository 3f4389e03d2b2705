package dev.waybill.relay.queue;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.storage.StorageException;
import dev.waybill.relay.streams.Stream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings due deliveries back into memory as far as there is room. One thread claims, one recovers.
final class Claims {
  private static final Logger LOG = LoggerFactory.getLogger(Claims.class);
  private static final int AT_ONCE = 500;

  /// What a claim brought.
  ///
  /// @param ready to be delivered
  /// @param suppressed whose recipient may not get mail any more, with the reason
  record Claim(List<ReadyDelivery> ready, Map<ReadyDelivery, String> suppressed) {
    int size() {
      return ready.size() + suppressed.size();
    }
  }

  private record Audience(UUID domainId, Stream stream) {}

  private final LeaseStore leases;
  private final MessageStore messages;
  private final InFlight inFlight;
  private final NodeLease lease;
  private final SuppressionCheck suppressed;
  private final Map<DeliveryKey, Long> claimedAgain = new ConcurrentHashMap<>();
  private volatile Set<DeliveryKey> astrayBefore = Set.of();

  Claims(
      LeaseStore leases,
      MessageStore messages,
      InFlight inFlight,
      NodeLease lease,
      SuppressionCheck suppressed) {
    this.leases = leases;
    this.messages = messages;
    this.inFlight = inFlight;
    this.lease = lease;
    this.suppressed = suppressed;
  }

  /// Makes deliveries that a fault of ours held due: a restart may have brought its cure.
  void releaseHeld(Instant now) {
    int released = leases.releaseHeld(now);
    if (released > 0) {
      LOG.warn("{} deliveries that a fault held are tried again", released);
    }
  }

  /// Makes deliveries due whose pause was measured by a clock that was set back since.
  void releaseFuture(Instant now) {
    int released = leases.releaseFuture(now);
    if (released > 0) {
      LOG.warn("the clock went back: {} deliveries that waited for its old time are due", released);
    }
  }

  /// Makes deliveries due again that are leased to this node but not in its memory: a claim or a
  /// commit whose end was not heard of. Only what was astray at the last call too is touched, so
  /// that nothing on its way into memory is taken for lost.
  void recoverStrays(Instant now) {
    long owner = lease.incarnation();
    Set<DeliveryKey> astray = new HashSet<>();
    for (DeliveryKey key : leases.leasedTo(owner)) {
      if (inFlight.owner(key).isEmpty()) {
        astray.add(key);
      }
    }
    for (DeliveryKey key : astray) {
      if (astrayBefore.contains(key) && leases.giveUp(owner, key, now)) {
        LOG.warn("{} was leased to this node without being worked on; it is due again", key);
      }
    }
    astrayBefore = Set.copyOf(astray);
  }

  Claim claim(Instant now) {
    int limit = Math.min(AT_ONCE, inFlight.free());
    if (limit == 0) {
      return new Claim(List.of(), Map.of());
    }
    long owner = lease.incarnation();
    List<LeaseStore.Claimed> rows = leases.claim(owner, now, limit);
    Set<UUID> ids = new LinkedHashSet<>();
    rows.forEach(row -> ids.add(row.key().messageId()));
    Map<UUID, StoredMessage> loaded = messages.load(ids);
    List<ReadyDelivery> ready = new ArrayList<>(rows.size());
    for (LeaseStore.Claimed row : rows) {
      StoredMessage message = loaded.get(row.key().messageId());
      if (message == null) {
        LOG.error(
            "{} has no message row; it stays in the queue for the operator to see", row.key());
        continue;
      }
      ready.add(new ReadyDelivery(row.key(), message, row.recipient(), row.attempts()));
    }
    ready.removeIf(delivery -> isHere(delivery.key(), owner));
    Claim claim = withoutSuppressed(ready);
    // only now: what failed before this line is astray, and found as such
    ready.forEach(delivery -> inFlight.enter(delivery.key(), inFlight.takeOne(), owner));
    return claim;
  }

  /// Whether a claimed delivery is in memory already: its settlement is not through the sync yet,
  /// or a crash of the database undid an earlier claim. It is carried once; see [#left].
  private boolean isHere(DeliveryKey key, long owner) {
    claimedAgain.put(key, owner);
    return inFlight.leasedAgain(key, owner) || claimedAgain.remove(key) == null;
  }

  /// The delivery left memory. If it was claimed again meanwhile, nobody works on that claim: what
  /// the settlement left of it is due at once.
  void left(DeliveryKey key, Instant now) {
    Long owner = claimedAgain.remove(key);
    if (owner != null) {
      try {
        leases.giveUp(owner, key, now);
      } catch (StorageException failure) {
        LOG.warn("{} stays leased until it is found astray", key, failure);
      }
    }
  }

  /// A recipient can unsubscribe or bounce while a message waits.
  private Claim withoutSuppressed(List<ReadyDelivery> deliveries) {
    Map<Audience, List<ReadyDelivery>> audiences = new HashMap<>();
    for (ReadyDelivery delivery : deliveries) {
      MessageFacts facts = delivery.message().facts();
      audiences
          .computeIfAbsent(new Audience(facts.domainId(), facts.stream()), _ -> new ArrayList<>())
          .add(delivery);
    }
    List<ReadyDelivery> ready = new ArrayList<>();
    Map<ReadyDelivery, String> refused = new HashMap<>();
    audiences.forEach((audience, members) -> {
      List<EmailAddress> addresses = members.stream().map(ReadyDelivery::recipient).toList();
      Map<EmailAddress, String> reasons =
          suppressed.among(audience.domainId(), audience.stream(), addresses);
      for (ReadyDelivery member : members) {
        String reason = reasons.get(member.recipient());
        if (reason == null) {
          ready.add(member);
        } else {
          refused.put(member, reason);
        }
      }
    });
    return new Claim(ready, refused);
  }
}

package dev.waybill.relay.queue;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.storage.StorageException;
import dev.waybill.relay.streams.Stream;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings due deliveries back into memory as far as there is room. One thread claims and recovers;
/// any may tell what left, and what failed.
final class Claims {
  private static final Logger LOG = LoggerFactory.getLogger(Claims.class);
  private static final int AT_ONCE = 500;

  /// What a claim brought.
  ///
  /// @param ready to be delivered
  /// @param suppressed whose recipient may not get mail any more, with the reason
  /// @param exhausted whether there is nothing more to claim now
  /// @param crowded whether what is due may have been left behind for want of room
  record Claim(
      List<ReadyDelivery> ready,
      Map<ReadyDelivery, String> suppressed,
      boolean exhausted,
      boolean crowded) {}

  private record Audience(UUID domainId, Stream stream) {}

  private final LeaseStore leases;
  private final MessageStore messages;
  private final InFlight inFlight;
  private final NodeLease lease;
  private final SuppressionCheck suppressed;
  private final Map<DeliveryKey, Long> claimedAgain = new ConcurrentHashMap<>();
  private volatile boolean suspicious;

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

  /// The storage failed: it may have been opened afresh, without what was not synced.
  void suspect() {
    suspicious = true;
  }

  /// Makes deliveries due whose pause was measured by a clock that was set back since.
  void releaseFuture(Instant now) {
    int released = leases.releaseFuture(now);
    if (released > 0) {
      LOG.warn("the clock went back: {} deliveries that waited for its old time are due", released);
    }
  }

  /// Makes deliveries due again that are leased to this node but not in its memory: a claim whose
  /// end was not heard of. Reads the whole queue, and therefore only after a failure. For the
  /// claiming thread: no claim is under way meanwhile, and what is accepted is in flight before it
  /// is leased.
  void recoverStrays(Instant now) {
    if (!suspicious) {
      return;
    }
    suspicious = false;
    long owner = lease.incarnation();
    try {
      for (DeliveryKey key : leases.leasedTo(owner)) {
        if (inFlight.owner(key).isEmpty() && leases.giveUp(owner, key, now)) {
          LOG.warn("{} was leased to this node without being worked on; it is due again", key);
        }
      }
    } catch (StorageException failure) {
      suspicious = true;
      throw failure;
    }
  }

  /// When the next delivery is due, later than the given time; empty when none is.
  Optional<Instant> nextDue(Instant after) {
    return leases.nextDue(after);
  }

  Claim claim(Instant now) {
    int limit = Math.min(AT_ONCE, inFlight.claimable());
    if (limit == 0) {
      return new Claim(List.of(), Map.of(), true, true);
    }
    try {
      return claim(now, limit);
    } catch (RuntimeException failure) {
      suspicious = true;
      throw failure;
    }
  }

  private Claim claim(Instant now, int limit) {
    long owner = lease.incarnation();
    InFlight.Full full = inFlight.full();
    List<LeaseStore.Claimed> rows = leases.claim(owner, now, limit, full);
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
      ready.add(
          new ReadyDelivery(
              row.key(),
              message,
              row.recipient(),
              row.dsn(),
              row.attempts(),
              row.lastAttemptAt(),
              row.heldRoute()));
    }
    ready.removeIf(delivery -> isHere(delivery.key(), owner));
    Claim claim = withoutSuppressed(ready, rows.size() < limit, !full.isEmpty());
    // only now: what failed before this line is astray, and found as such
    for (ReadyDelivery delivery : ready) {
      InFlight.Lane lane =
          new InFlight.Lane(
              delivery.recipient().domain(), delivery.message().facts().flow().number());
      inFlight.enter(delivery.key(), lane, inFlight.takeOne(lane), owner);
    }
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
        suspicious = true;
        LOG.warn("{} stays leased until it is found astray", key, failure);
      }
    }
  }

  /// A recipient can unsubscribe or bounce while a message waits.
  private Claim withoutSuppressed(
      List<ReadyDelivery> deliveries, boolean exhausted, boolean crowded) {
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
    return new Claim(ready, refused, exhausted, crowded);
  }
}

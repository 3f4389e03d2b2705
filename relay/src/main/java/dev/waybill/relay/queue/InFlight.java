package dev.waybill.relay.queue;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.message.DomainName;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// The deliveries that this node holds in memory, and how much room is left for more.
///
/// A recipient domain may hold as many as a quarter of the room that is left: one that takes its
/// mail slowly fills its share, and there is always room for the others. Any thread may use it. A
/// key is in flight at most once, so nothing is settled twice.
final class InFlight {
  /// A domain holds at most free room divided by this.
  private static final int SHARES = 4;

  /// Room taken by one message: given back when its last delivery leaves.
  static final class Room {
    private final long bytes;
    private final AtomicInteger deliveries;

    private Room(int deliveries, long bytes) {
      this.bytes = bytes;
      this.deliveries = new AtomicInteger(deliveries);
    }

    /// Whether the body may stay in memory.
    boolean holdsBody() {
      return bytes > 0;
    }
  }

  /// A delivery in memory.
  ///
  /// @param owner the incarnation of this node that leased it
  private record Entry(Room room, long owner, DomainName domain) {
    Entry ownedBy(long another) {
      return new Entry(room, another, domain);
    }
  }

  private final QueueSettings.Limits limits;
  private final Map<DeliveryKey, Entry> entries = new ConcurrentHashMap<>();
  private final Map<DomainName, Integer> held = new ConcurrentHashMap<>();
  private final AtomicInteger deliveries = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  InFlight(QueueSettings.Limits limits) {
    this.limits = limits;
  }

  /// Takes room for the deliveries of one message; for its body too, if there is any.
  ///
  /// @param domains where they go, one for each; each needs room in its share
  /// @param size the octets of the body; 0 when it is on the disk only
  Optional<Room> take(List<DomainName> domains, long size) {
    int free = free();
    if (domains.size() > free) {
      return Optional.empty();
    }
    int share = share(free);
    for (DomainName domain : domains) {
      if (held.getOrDefault(domain, 0) >= share) {
        return Optional.empty();
      }
    }
    long body = bytes.get() + size > limits.readyBytes() ? 0 : size;
    deliveries.addAndGet(domains.size());
    domains.forEach(domain -> held.merge(domain, 1, Integer::sum));
    bytes.addAndGet(body);
    return Optional.of(new Room(domains.size(), body));
  }

  /// Takes room for one claimed delivery, whose body is read when it is needed.
  Room takeOne(DomainName domain) {
    deliveries.incrementAndGet();
    held.merge(domain, 1, Integer::sum);
    return new Room(1, 0);
  }

  /// How many more deliveries may be in memory.
  int free() {
    return Math.max(0, limits.readyDeliveries() - deliveries.get());
  }

  /// How many deliveries may be claimed now: none below a hundredth of all room, so that those who
  /// hold a share of it are never many.
  int claimable() {
    int free = free();
    return free * 100L < limits.readyDeliveries() ? 0 : share(free);
  }

  /// The domains that hold all they may; a hundred are many, see [#claimable].
  Set<DomainName> full() {
    int share = share(free());
    Set<DomainName> full = new HashSet<>();
    held.forEach((domain, count) -> {
      if (count >= share) {
        full.add(domain);
      }
    });
    return full;
  }

  int deliveries() {
    return deliveries.get();
  }

  /// Notes a delivery as being worked on by the given incarnation of this node.
  ///
  /// @param room that was taken for its domain
  void enter(DeliveryKey key, DomainName domain, Room room, long owner) {
    Entry before = entries.put(key, new Entry(room, owner, domain));
    if (before != null) {
      // this process lost its lease and got the delivery again
      giveBack(before.room(), List.of(before.domain()));
    }
  }

  /// Notes that another incarnation of this node leased a delivery which is in flight already.
  ///
  /// @return whether it is in flight
  boolean leasedAgain(DeliveryKey key, long owner) {
    return entries.computeIfPresent(key, (_, entry) -> entry.ownedBy(owner)) != null;
  }

  /// The incarnation that leased the delivery; empty when it is not in flight.
  Optional<Long> owner(DeliveryKey key) {
    return Optional.ofNullable(entries.get(key)).map(Entry::owner);
  }

  /// Forgets the delivery and gives its share of the room back.
  void leave(DeliveryKey key) {
    Entry entry = entries.remove(key);
    if (entry != null) {
      giveBack(entry.room(), List.of(entry.domain()));
    }
  }

  /// Gives room back, one domain for each delivery.
  void giveBack(Room room, List<DomainName> domains) {
    deliveries.addAndGet(-domains.size());
    for (DomainName domain : domains) {
      held.computeIfPresent(domain, (_, count) -> count > 1 ? count - 1 : null);
    }
    if (room.deliveries.addAndGet(-domains.size()) == 0) {
      bytes.addAndGet(-room.bytes);
    }
  }

  private static int share(int free) {
    return Math.max(1, free / SHARES);
  }
}

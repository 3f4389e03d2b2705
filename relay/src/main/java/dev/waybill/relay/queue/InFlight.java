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
/// mail slowly fills its share, and there is always room for the others. In the same way a flow,
/// which is one sender's mail of one stream, holds at most three times what it leaves to others, of
/// all room and of each domain's share: fresh mail of a small sender finds room however much a
/// large one has. Any thread may use it. A key is in flight at most once, so nothing is settled
/// twice.
final class InFlight {
  /// A domain holds at most free room divided by this.
  private static final int SHARES = 4;

  /// A flow holds at most so many times what is left to others.
  private static final int FLOW_SHARE = 3;

  /// A claim takes so much of a domain's share that it cannot fill what is left to other flows.
  private static final int CLAIM_SHARES = 8;

  /// Lanes that a claim passes over, at most.
  private static final int MAX_LANES = 100;

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

  /// One flow's mail to one recipient domain.
  ///
  /// @param flow its number
  record Lane(DomainName domain, long flow) {}

  /// What gets no more for now.
  record Full(Set<DomainName> domains, Set<Long> flows, Set<Lane> lanes) {
    boolean isEmpty() {
      return domains.isEmpty() && flows.isEmpty() && lanes.isEmpty();
    }
  }

  /// A delivery in memory.
  ///
  /// @param owner the incarnation of this node that leased it
  private record Entry(Room room, long owner, Lane lane) {
    Entry ownedBy(long another) {
      return new Entry(room, another, lane);
    }
  }

  private final QueueSettings.Limits limits;
  private final Map<DeliveryKey, Entry> entries = new ConcurrentHashMap<>();
  private final Map<DomainName, Integer> held = new ConcurrentHashMap<>();
  private final Map<Long, Integer> ofFlows = new ConcurrentHashMap<>();
  private final Map<Lane, Integer> ofLanes = new ConcurrentHashMap<>();
  private final AtomicInteger deliveries = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  InFlight(QueueSettings.Limits limits) {
    this.limits = limits;
  }

  /// Takes room for the deliveries of one message; for its body too, if there is any.
  ///
  /// @param flow the number of its flow, which needs room in its share
  /// @param domains where they go, one for each; each needs room in its share
  /// @param size the octets of the body; 0 when it is on the disk only
  Optional<Room> take(long flow, List<DomainName> domains, long size) {
    int free = free();
    if (domains.size() > free || ofFlows.getOrDefault(flow, 0) >= flowShare(free)) {
      return Optional.empty();
    }
    int share = share(free);
    for (DomainName domain : domains) {
      int here = held.getOrDefault(domain, 0);
      if (here >= share
          || ofLanes.getOrDefault(new Lane(domain, flow), 0) >= flowShare(share - here)) {
        return Optional.empty();
      }
    }
    long body = bytes.get() + size > limits.readyBytes() ? 0 : size;
    domains.forEach(domain -> count(new Lane(domain, flow)));
    bytes.addAndGet(body);
    return Optional.of(new Room(domains.size(), body));
  }

  /// Takes room for one claimed delivery, whose body is read when it is needed.
  Room takeOne(Lane lane) {
    count(lane);
    return new Room(1, 0);
  }

  private void count(Lane lane) {
    deliveries.incrementAndGet();
    held.merge(lane.domain(), 1, Integer::sum);
    ofFlows.merge(lane.flow(), 1, Integer::sum);
    ofLanes.merge(lane, 1, Integer::sum);
  }

  /// How many more deliveries may be in memory.
  int free() {
    return Math.max(0, limits.readyDeliveries() - deliveries.get());
  }

  /// How many deliveries may be claimed now: none below a hundredth of all room, so that those who
  /// hold a share of it are never many.
  int claimable() {
    int free = free();
    return free * 100L < limits.readyDeliveries() ? 0 : Math.max(1, share(free) / CLAIM_SHARES);
  }

  /// What holds all it may; a hundred domains are many, see [#claimable].
  Full full() {
    int free = free();
    int share = share(free);
    Set<DomainName> domains = new HashSet<>();
    held.forEach((domain, count) -> {
      if (count >= share) {
        domains.add(domain);
      }
    });
    Set<Long> flows = new HashSet<>();
    ofFlows.forEach((flow, count) -> {
      if (count >= flowShare(free)) {
        flows.add(flow);
      }
    });
    Set<Lane> lanes = new HashSet<>();
    ofLanes.forEach((lane, count) -> {
      boolean full = count >= flowShare(share - held.getOrDefault(lane.domain(), 0));
      if (full
          && lanes.size() < MAX_LANES
          && !domains.contains(lane.domain())
          && !flows.contains(lane.flow())) {
        lanes.add(lane);
      }
    });
    return new Full(domains, flows, lanes);
  }

  int deliveries() {
    return deliveries.get();
  }

  /// Notes a delivery as being worked on by the given incarnation of this node.
  ///
  /// @param room that was taken for its lane
  void enter(DeliveryKey key, Lane lane, Room room, long owner) {
    Entry before = entries.put(key, new Entry(room, owner, lane));
    if (before != null) {
      // this process lost its lease and got the delivery again
      giveBack(before);
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
      giveBack(entry);
    }
  }

  private void giveBack(Entry entry) {
    deliveries.decrementAndGet();
    Lane lane = entry.lane();
    lessen(held, lane.domain());
    lessen(ofFlows, lane.flow());
    lessen(ofLanes, lane);
    if (entry.room().deliveries.decrementAndGet() == 0) {
      bytes.addAndGet(-entry.room().bytes);
    }
  }

  private static <K> void lessen(Map<K, Integer> counts, K key) {
    counts.computeIfPresent(key, (_, count) -> count > 1 ? count - 1 : null);
  }

  /// @param left what others still have
  private static int flowShare(int left) {
    return Math.max(1, FLOW_SHARE * left);
  }

  private static int share(int free) {
    return Math.max(1, free / SHARES);
  }
}

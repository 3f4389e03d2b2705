package dev.waybill.relay.queue;

import dev.waybill.relay.events.DeliveryKey;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;

/// The deliveries that this node holds in memory, and how much room is left for more.
///
/// Any thread may use it. A key is in flight at most once, so nothing is settled twice.
final class InFlight {
  /// Room taken by one message: given back when its last delivery leaves.
  static final class Room {
    private final long bytes;
    private final AtomicInteger deliveries;

    private Room(int deliveries, long bytes) {
      this.bytes = bytes;
      this.deliveries = new AtomicInteger(deliveries);
    }
  }

  /// A delivery in memory.
  ///
  /// @param owner the incarnation of this node that leased it
  private record Entry(Room room, long owner) {
    Entry ownedBy(long another) {
      return new Entry(room, another);
    }
  }

  private final QueueSettings.Limits limits;
  private final Map<DeliveryKey, Entry> entries = new ConcurrentHashMap<>();
  private final AtomicInteger deliveries = new AtomicInteger();
  private final AtomicLong bytes = new AtomicLong();

  InFlight(QueueSettings.Limits limits) {
    this.limits = limits;
  }

  /// Takes room for so many deliveries of one message whose body stays in memory.
  Optional<Room> take(int count, long size) {
    if (deliveries.get() + count > limits.readyDeliveries()
        || bytes.get() + size > limits.readyBytes()) {
      return Optional.empty();
    }
    deliveries.addAndGet(count);
    bytes.addAndGet(size);
    return Optional.of(new Room(count, size));
  }

  /// Takes room for one claimed delivery, whose body is read when it is needed.
  Room takeOne() {
    deliveries.incrementAndGet();
    return new Room(1, 0);
  }

  /// How many more deliveries may be claimed.
  int free() {
    return Math.max(0, limits.readyDeliveries() - deliveries.get());
  }

  int deliveries() {
    return deliveries.get();
  }

  /// Notes a delivery as being worked on by the given incarnation of this node.
  void enter(DeliveryKey key, Room room, long owner) {
    Entry before = entries.put(key, new Entry(room, owner));
    if (before != null) {
      // this process lost its lease and got the delivery again
      giveBack(before.room(), 1);
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
      giveBack(entry.room(), 1);
    }
  }

  /// Gives room back that was taken for nothing.
  void giveBack(Room room, int count) {
    deliveries.addAndGet(-count);
    if (room.deliveries.addAndGet(-count) == 0) {
      bytes.addAndGet(-room.bytes);
    }
  }
}

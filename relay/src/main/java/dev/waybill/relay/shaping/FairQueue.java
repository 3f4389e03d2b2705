package dev.waybill.relay.shaping;

import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Lets flows take turns, each in its own order: a sender with a great deal of mail waits behind a
/// sender with little of it as often as the other way round. Not safe for use by several threads at
/// once.
///
/// Transactional mail goes before marketing, but where both wait every tenth turn is marketing's,
/// so that no amount of the one stops the other. A flow with nothing left takes no memory.
public final class FairQueue<E> {
  private static final int TRANSACTIONAL_TURNS = 9;

  private static final class Lane<E> {
    private final Flow flow;
    private final ArrayDeque<E> entries = new ArrayDeque<>(4);

    private Lane(Flow flow) {
      this.flow = flow;
    }
  }

  private final Map<Flow, Lane<E>> lanes = new HashMap<>();
  private final ArrayDeque<Lane<E>> transactional = new ArrayDeque<>();
  private final ArrayDeque<Lane<E>> marketing = new ArrayDeque<>();
  private int turns;
  private int size;

  /// Behind all others of its flow.
  public void add(Flow flow, E entry) {
    lane(flow, false).entries.addLast(entry);
    size++;
  }

  /// Before all others of all flows of its kind.
  public void addFirst(Flow flow, E entry) {
    lane(flow, true).entries.addFirst(entry);
    size++;
  }

  /// The one whose turn it is; null when none waits.
  public @Nullable E poll() {
    boolean both = !transactional.isEmpty() && !marketing.isEmpty();
    boolean marketings = both ? turns >= TRANSACTIONAL_TURNS : transactional.isEmpty();
    if (both) {
      turns = marketings ? 0 : turns + 1;
    }
    ArrayDeque<Lane<E>> ring = marketings ? marketing : transactional;
    Lane<E> lane = ring.poll();
    if (lane == null) {
      return null;
    }
    E entry = lane.entries.pollFirst();
    size--;
    if (lane.entries.isEmpty()) {
      lanes.remove(lane.flow);
    } else {
      ring.addLast(lane);
    }
    return entry;
  }

  public boolean isEmpty() {
    return size == 0;
  }

  public int size() {
    return size;
  }

  /// How many flows wait.
  public int flows() {
    return lanes.size();
  }

  /// Takes some away, those of one flow in their order.
  public List<E> remove(Predicate<E> which) {
    List<E> removed = new ArrayList<>();
    for (Lane<E> lane : List.copyOf(lanes.values())) {
      int before = removed.size();
      lane.entries.stream().filter(which).forEach(removed::add);
      if (removed.size() > before) {
        lane.entries.removeIf(which);
        size -= removed.size() - before;
      }
      if (lane.entries.isEmpty()) {
        lanes.remove(lane.flow);
        ring(lane.flow).remove(lane);
      }
    }
    return removed;
  }

  public void forEach(Consumer<E> action) {
    lanes.values().forEach(lane -> lane.entries.forEach(action));
  }

  private Lane<E> lane(Flow flow, boolean first) {
    Lane<E> lane = lanes.get(flow);
    if (lane == null) {
      lane = new Lane<>(flow);
      lanes.put(flow, lane);
    } else if (first) {
      ring(flow).remove(lane);
    } else {
      return lane;
    }
    if (first) {
      ring(flow).addFirst(lane);
    } else {
      ring(flow).addLast(lane);
    }
    return lane;
  }

  private ArrayDeque<Lane<E>> ring(Flow flow) {
    return flow.stream().isMarketing() ? marketing : transactional;
  }
}

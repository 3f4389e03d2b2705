package dev.waybill.relay.operations;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Journal;
import dev.waybill.relay.queue.Queue;
import dev.waybill.relay.storage.Database;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// What operators see of waiting deliveries and do with them. Any thread may use it.
public final class Operations {
  private static final int MAX_LIST = 1_000;
  private static final String NO_ROOM = "waiting for room in memory";
  private static final int STEPS = 5;
  private static final int CALLS_BETWEEN_LOOKS = 10;

  /// What a change came to.
  ///
  /// @param deliveries how many wait differently now, or wait no more
  /// @param beingSent how many more are being sent, and follow when their attempt has ended
  /// @param next behind which to go on; null when nothing is left to do
  public record Change(long deliveries, long beingSent, @Nullable DeliveryKey next) {}

  /// Who carries what is due.
  ///
  /// @param retrying told before a retry: what is known of hosts that are down is to be forgotten
  /// @param withdrawing gives back those of the given deliveries that only wait for their turn
  /// @param waits why those of the given deliveries that this node has in hand have not gone yet
  public record Carrier(
      Runnable retrying,
      Consumer<Set<DeliveryKey>> withdrawing,
      Function<Set<DeliveryKey>, Map<DeliveryKey, String>> waits) {}

  private final OperationStore store;
  private final SelectionStore selections;
  private final Queue queue;
  private final InstantSource clock;
  private final Carrier carrier;

  // under the lock of this
  private long seen = -1;
  private int unheard;
  private boolean awaiting;

  public Operations(
      Database database, Journal journal, Queue queue, InstantSource clock, Carrier carrier) {
    this.store = new OperationStore(database, journal::append);
    this.selections = new SelectionStore(database);
    this.queue = queue;
    this.clock = clock;
    this.carrier = carrier;
  }

  /// Those behind a key, oldest first.
  ///
  /// @param limit 1 to 1,000
  /// @throws IllegalArgumentException when the limit is outside that range
  public List<WaitingDelivery> list(Selection selection, @Nullable DeliveryKey after, int limit) {
    if (limit < 1 || limit > MAX_LIST) {
      throw new IllegalArgumentException("limit %d (expected: 1..%d)".formatted(limit, MAX_LIST));
    }
    return explained(selections.list(selection, after, limit));
  }

  /// What a node has in hand waits for what that node knows; of another one's nothing is known.
  private List<WaitingDelivery> explained(List<WaitingDelivery> listed) {
    Set<DeliveryKey> inHand =
        listed.stream()
            .filter(delivery -> delivery.state() == DeliveryState.SENDING)
            .map(WaitingDelivery::key)
            .collect(Collectors.toSet());
    Map<DeliveryKey, String> waits = inHand.isEmpty() ? Map.of() : carrier.waits().apply(inHand);
    return listed.stream()
        .map(delivery ->
            switch (delivery.state()) {
              case SENDING -> delivery.because(waits.get(delivery.key()));
              case QUEUED -> delivery.because(delivery.reason() == null ? NO_ROOM : null);
              case SCHEDULED, DEFERRED, HELD -> delivery;
            })
        .toList();
  }

  /// How many the operation would change, by their state now. Reads the whole queue.
  public Map<DeliveryState, Long> count(Operation operation, Selection selection) {
    return selections.count(operation, selection, clock.instant());
  }

  /// Changes up to 10,000 deliveries, durably; call it again with where it ended until nothing is
  /// left.
  ///
  /// What comes in or is tried meanwhile is not changed twice.
  ///
  /// @param after where the change before ended; null to begin
  /// @param start when the first change began
  public Change change(
      Operation operation, Selection selection, @Nullable DeliveryKey after, Instant start) {
    if (operation instanceof Operation.Retry) {
      carrier.retrying().run();
    }
    long changed = 0;
    long inHand = 0;
    DeliveryKey last = after;
    OperationStore.Step step;
    int steps = 0;
    do {
      step = store.step(operation, selection, last, start);
      last = step.last() == null ? last : step.last();
      changed += step.changed();
      inHand += step.inHand();
      queue.rowsChanged();
    } while (!step.isLast() && ++steps < STEPS);
    switch (operation) {
      case Operation.Retry _, Operation.Release _ -> queue.dueAt(start);
      case Operation.Hold _, Operation.Cancel _ -> fulfil();
    }
    return new Change(changed, inHand, step.isLast() ? null : last);
  }

  /// Fulfils wishes that concern what this node has in hand, and cancels what was to be cancelled
  /// when it was let go of; to be called every few seconds. It costs next to nothing when there is
  /// no wish.
  public synchronized void fulfil() {
    long revision = store.revision();
    // a node that ended may have left wishes behind that nobody hears of
    if (revision == seen && !awaiting && ++unheard < CALLS_BETWEEN_LOOKS) {
      return;
    }
    unheard = 0;
    Set<DeliveryKey> mine = store.wishedOf(queue.incarnation());
    if (!mine.isEmpty()) {
      carrier.withdrawing().accept(mine);
    }
    while (store.cancelHeld(clock.instant()) > 0) {
      queue.rowsChanged();
    }
    // what is being sent is let go of later
    awaiting = !mine.isEmpty();
    seen = revision;
  }
}

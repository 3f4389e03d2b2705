package dev.waybill.relay.operations;

import dev.waybill.relay.breakers.Breaker;
import dev.waybill.relay.breakers.BreakerKey;
import dev.waybill.relay.breakers.BreakerState;
import dev.waybill.relay.breakers.Breakers;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.message.DomainName;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Holds what waits of a stream whose breaker tripped, and lets go of it when it is released.
///
/// Every node does it for itself when it hears of the change, and twice: what it was accepting at
/// that moment is in the queue by the second time. Any thread may call it.
public final class BreakerWatch {
  private static final int ROUNDS = 2;

  /// So that a look does not take long; the next one goes on.
  private static final int CHANGES_A_LOOK = 5;

  /// What is still to be done for one stream.
  ///
  /// @param reason for holding; null for letting go
  private static final class Sweep {
    private final @Nullable String reason;
    private int rounds = ROUNDS;
    private @Nullable DeliveryKey after;
    private Instant start = Instant.EPOCH;

    private Sweep(@Nullable String reason) {
      this.reason = reason;
    }

    private boolean isOver() {
      return rounds == 0;
    }
  }

  private final Breakers breakers;
  private final Operations operations;
  private final InstantSource clock;

  // under the lock of this
  private final Map<BreakerKey, Sweep> sweeps = new HashMap<>();

  public BreakerWatch(Breakers breakers, Operations operations, InstantSource clock) {
    this.breakers = breakers;
    this.operations = operations;
    this.clock = clock;
  }

  /// Judges, holds and lets go; to be called every few seconds. It costs next to nothing while all
  /// is well.
  public synchronized void look() {
    breakers.look();
    Set<BreakerKey> concerned = new HashSet<>();
    for (Breaker breaker : breakers.unusual()) {
      boolean held = breaker.state() == BreakerState.HELD;
      if (held || breaker.state() == BreakerState.RELEASING) {
        concerned.add(breaker.key());
        plan(breaker.key(), held ? breaker.reason() : null);
      }
    }
    // held when this node looked last, and released by others since
    sweeps.keySet().stream()
        .filter(key -> !concerned.contains(key))
        .toList()
        .forEach(key -> plan(key, null));
    for (Map.Entry<BreakerKey, Sweep> entry : sweeps.entrySet()) {
      sweep(entry.getKey(), entry.getValue());
    }
    for (Breaker breaker : breakers.unusual()) {
      Sweep sweep = sweeps.get(breaker.key());
      if (breaker.state() == BreakerState.RELEASING && sweep != null && sweep.isOver()) {
        breakers.released(breaker);
      }
    }
    sweeps
        .entrySet()
        .removeIf(entry -> !concerned.contains(entry.getKey()) && entry.getValue().isOver());
  }

  private void plan(BreakerKey key, @Nullable String reason) {
    Sweep planned = sweeps.get(key);
    if (planned == null || (planned.reason == null) != (reason == null)) {
      sweeps.put(key, new Sweep(reason));
    }
  }

  private void sweep(BreakerKey key, Sweep sweep) {
    if (sweep.isOver()) {
      return;
    }
    String reason = sweep.reason;
    Operation operation = reason == null ? new Operation.Release() : new Operation.Hold(reason);
    if (sweep.after == null) {
      sweep.start = clock.instant();
    }
    for (int change = 0; change < CHANGES_A_LOOK; change++) {
      sweep.after =
          operations
              .change(operation, selection(key, reason == null), sweep.after, sweep.start)
              .next();
      if (sweep.after == null) {
        sweep.rounds--;
        return;
      }
    }
  }

  /// @param mine only what a breaker held, and not what an operator did
  private static Selection selection(BreakerKey key, boolean mine) {
    return new Selection(
        null,
        null,
        null,
        DomainName.of(key.domain()),
        key.stream(),
        null,
        null,
        mine ? Breaker.SIGN : null);
  }
}

package dev.waybill.relay.queue;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.storage.GroupCommit;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import java.util.function.LongFunction;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings outcomes into the storage, again and again until they are there. Whatever fails on the
/// way, the storage or a step of ours, the delivery stays in flight and its outcome in memory. Any
/// thread may use it.
final class Settling {
  private static final Logger LOG = LoggerFactory.getLogger(Settling.class);

  /// One outcome on its way; used by one thread at a time.
  private static final class Entry {
    private final DeliveryKey key;
    private final LongFunction<Settlement> judgement;
    private final CompletableFuture<Void> done = new CompletableFuture<>();
    private @Nullable Settlement written;
    private boolean reported;

    private Entry(DeliveryKey key, LongFunction<Settlement> judgement) {
      this.key = key;
      this.judgement = judgement;
    }
  }

  private final GroupCommit.Lane<Settlement> lane;
  private final InFlight inFlight;
  private final Consumer<Settlement> left;
  private final Runnable failed;
  private final ConcurrentLinkedQueue<Entry> again = new ConcurrentLinkedQueue<>();

  /// @param left hears of each settlement that is on stable storage, when its delivery has left
  ///   memory; where it fails, it hears again
  /// @param failed hears of each that the storage did not take
  Settling(
      GroupCommit.Lane<Settlement> lane,
      InFlight inFlight,
      Consumer<Settlement> left,
      Runnable failed) {
    this.lane = lane;
    this.inFlight = inFlight;
    this.left = left;
    this.failed = failed;
  }

  /// @param judgement what becomes of the delivery, given the incarnation that leased it
  /// @return completes when that is on stable storage; at once, exceptionally, when the delivery is
  ///   not in flight
  CompletableFuture<Void> settle(DeliveryKey key, LongFunction<Settlement> judgement) {
    if (inFlight.owner(key).isEmpty()) {
      return CompletableFuture.failedFuture(
          new IllegalStateException(key + " is not in flight (expected: settled once)"));
    }
    Entry entry = new Entry(key, judgement);
    write(entry);
    return entry.done;
  }

  /// Goes on with what failed.
  void retry() {
    for (int rest = again.size(); rest > 0; rest--) {
      Entry entry = again.poll();
      if (entry != null) {
        Settlement written = entry.written;
        if (written == null) {
          write(entry);
        } else {
          leave(entry, written);
        }
      }
    }
  }

  private void write(Entry entry) {
    try {
      Settlement settlement = entry.judgement.apply(inFlight.owner(entry.key).orElseThrow());
      var _ =
          lane.submit(settlement)
              .whenComplete((_, failure) -> {
                if (failure == null) {
                  entry.written = settlement;
                  leave(entry, settlement);
                } else {
                  failed.run();
                  again.add(entry);
                }
              });
    } catch (RuntimeException fault) {
      comesAgain(entry, fault);
    }
  }

  private void leave(Entry entry, Settlement settlement) {
    try {
      inFlight.leave(entry.key);
      left.accept(settlement);
    } catch (RuntimeException fault) {
      comesAgain(entry, fault);
      return;
    }
    entry.done.complete(null);
  }

  private void comesAgain(Entry entry, RuntimeException fault) {
    if (!entry.reported) {
      entry.reported = true;
      LOG.error("settling {} failed by our own fault and comes again", entry.key, fault);
    }
    again.add(entry);
  }
}

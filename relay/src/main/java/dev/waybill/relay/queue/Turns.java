package dev.waybill.relay.queue;

import dev.waybill.relay.storage.GroupCommit;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The queue's clockwork: claims, heartbeats, the look at the disk, and sweeping. A kind of turn
/// never overlaps itself; one that fails is logged and comes again.
final class Turns {
  private static final Logger LOG = LoggerFactory.getLogger(Turns.class);

  /// A long row of claims or a slow sweep must not keep the lease from being extended.
  private static final int THREADS = 3;

  private static final Duration CLAIM = Duration.ofMillis(500);
  private static final Duration BEAT = Duration.ofSeconds(10);
  private static final Duration WATCH = Duration.ofSeconds(2);
  private static final Duration SWEEP = Duration.ofMinutes(1);

  private final QueueSettings settings;
  private final Queue.Foundation foundation;
  private final Queue queue;
  private final Claims claims;
  private final NodeLease lease;
  private final GroupCommit.Lane<Instant> sweeps;
  private final ScheduledExecutorService timer =
      Executors.newScheduledThreadPool(
          THREADS, Thread.ofPlatform().name("queue-turns-", 0).daemon(true).factory());
  private volatile boolean running;

  // only watch() uses them once it runs
  private Instant seen = Instant.MIN;
  private boolean wentBack;

  Turns(
      QueueSettings settings,
      Queue.Foundation foundation,
      Queue queue,
      Claims claims,
      NodeLease lease,
      GroupCommit.Lane<Instant> sweeps) {
    this.settings = settings;
    this.foundation = foundation;
    this.queue = queue;
    this.claims = claims;
    this.lease = lease;
    this.sweeps = sweeps;
  }

  void start() {
    foundation.health().checkDisk();
    lease.start();
    claims.releaseHeld(foundation.clock().instant());
    seen = foundation.clock().instant();
    claims.releaseFuture(seen);
    foundation.commits().start();
    running = true;
    every(CLAIM, Duration.ZERO, this::claim);
    every(BEAT, BEAT, lease::beat);
    every(WATCH, WATCH, this::watch);
    every(SWEEP, SWEEP, this::sweep);
  }

  boolean running() {
    return running;
  }

  void stop() {
    running = false;
    timer.shutdown();
    try {
      if (!timer.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("a turn of the queue is still running");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /// Claims until nothing is due or there is no more room.
  private void claim() {
    Claims.Claim claim;
    do {
      Instant now = foundation.clock().instant();
      claim = claims.claim(now);
      claim.ready().forEach(queue::handOver);
      claim
          .suppressed()
          .forEach((delivery, reason) -> {
            var _ = queue.settle(delivery, new AttemptOutcome.Suppressed(reason));
          });
    } while (running && claim.size() > 0);
  }

  /// Tries the storage again where it failed, by an empty sweep that has to be committed.
  private void watch() {
    foundation.health().checkDisk();
    if (!(queue.health() instanceof HealthGate.State.Open)) {
      submitSweep();
    }
    queue.retryUnsettled();
    watchClock();
  }

  /// What was being settled when the clock went back is found by a second look.
  private void watchClock() {
    Instant now = foundation.clock().instant();
    if (now.isBefore(seen)) {
      wentBack = true;
      claims.releaseFuture(now);
    } else if (wentBack) {
      claims.releaseFuture(now);
      wentBack = false;
    }
    seen = now;
  }

  void sweep() {
    claims.recoverStrays(foundation.clock().instant());
    submitSweep();
  }

  private void submitSweep() {
    Instant cutoff = foundation.clock().instant().minus(settings.retention());
    var _ = sweeps.submit(cutoff).whenComplete(Turns::note);
  }

  private void every(Duration pause, Duration first, Runnable turn) {
    var _ =
        timer.scheduleWithFixedDelay(
            () -> {
              try {
                turn.run();
              } catch (RuntimeException failure) {
                LOG.error("a turn of the queue failed and comes again", failure);
              }
            },
            first.toMillis(),
            pause.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private static void note(@Nullable Void nothing, @Nullable Throwable failure) {
    if (failure != null) {
      LOG.warn("not written; it comes again", failure);
    }
  }
}

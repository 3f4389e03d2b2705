package dev.waybill.relay.queue;

import dev.waybill.relay.storage.Dialect;
import dev.waybill.relay.storage.GroupCommit;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The queue's clockwork: claims when something is due, heartbeats, the look at the disk, and
/// sweeping. A kind of turn never overlaps itself; one that fails is logged and comes again.
final class Turns {
  private static final Logger LOG = LoggerFactory.getLogger(Turns.class);

  /// A slow sweep must not keep the lease from being extended.
  private static final int THREADS = 2;

  private static final Duration BEAT = Duration.ofSeconds(10);
  private static final Duration WATCH = Duration.ofSeconds(2);
  private static final Duration SWEEP = Duration.ofMinutes(1);

  /// What other nodes made due is found by looking, after so many pauses of the alarm.
  private static final int LOOK_SHARED = 2;

  private static final int LOOK_ALONE = 10;

  /// A claim that left something behind for want of room is followed by a rest of so many times as
  /// long: what can be had may be hidden behind a great deal that cannot.
  private static final int RESTS = 4;

  private static final Duration REST_AFTER_NOTHING = Duration.ofMillis(100);
  private static final Duration LONGEST_REST = Duration.ofSeconds(5);

  private final Queue.Foundation foundation;
  private final Queue queue;
  private final Claims claims;
  private final NodeLease lease;
  private final MessageStore messages;
  private final ForgettingStore forgetting;
  private final GroupCommit.Lane<Instant> sweeps;
  private final GroupCommit.Lane<BodyStore.Survivor> survivors;
  private final Alarm alarm = new Alarm();
  private final CountDownLatch ended = new CountDownLatch(1);
  private final AtomicInteger left = new AtomicInteger();
  private final int roomWorthAClaim;
  private final ScheduledExecutorService timer =
      Executors.newScheduledThreadPool(
          THREADS, Thread.ofPlatform().name("queue-turns-", 0).daemon(true).factory());
  private final Thread claimer =
      Thread.ofPlatform().name("queue-claims").daemon(true).unstarted(this::claimAsLongAsRunning);
  private volatile boolean running;
  private volatile boolean crowded;

  // only watch() uses them once it runs
  private Instant seen = Instant.MIN;
  private boolean wentBack;

  /// The claiming thread's own.
  private Duration rest = Duration.ZERO;

  /// What the turns turn.
  record Works(
      Claims claims,
      NodeLease lease,
      MessageStore messages,
      ForgettingStore forgetting,
      GroupCommit.Lane<Instant> sweeps,
      GroupCommit.Lane<BodyStore.Survivor> survivors) {}

  Turns(QueueSettings settings, Queue.Foundation foundation, Queue queue, Works works) {
    this.foundation = foundation;
    this.queue = queue;
    this.claims = works.claims();
    this.lease = works.lease();
    this.messages = works.messages();
    this.forgetting = works.forgetting();
    this.sweeps = works.sweeps();
    this.survivors = works.survivors();
    this.roomWorthAClaim = Math.max(1, settings.limits().readyDeliveries() / 80);
  }

  void start() {
    foundation.health().checkDisk();
    lease.start();
    seen = foundation.clock().instant();
    claims.releaseFuture(seen);
    foundation.commits().start();
    running = true;
    claimer.start();
    every(BEAT, this::beat);
    every(WATCH, this::watch);
    every(SWEEP, this::sweep);
  }

  boolean running() {
    return running;
  }

  /// A delivery waits for its time in the table.
  void dueAt(Instant time) {
    Instant now = foundation.clock().instant();
    if (time.isAfter(now)) {
      alarm.dueAt(time);
    } else {
      alarm.ring(now);
    }
  }

  /// A delivery left the memory.
  void roomMade() {
    if (crowded && left.incrementAndGet() >= roomWorthAClaim) {
      left.set(0);
      alarm.ring(foundation.clock().instant());
    }
  }

  void stop() {
    running = false;
    ended.countDown();
    timer.shutdown();
    try {
      if (claimer.isAlive()) {
        alarm.ring(foundation.clock().instant());
        claimer.join(Duration.ofSeconds(10));
      }
      if (!timer.awaitTermination(10, TimeUnit.SECONDS)) {
        LOG.warn("a turn of the queue is still running");
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void claimAsLongAsRunning() {
    boolean shared = foundation.database().dialect() == Dialect.POSTGRESQL;
    int pauses = shared ? LOOK_SHARED : LOOK_ALONE;
    int paused = pauses;
    while (running) {
      if (alarm.rings(foundation.clock().instant()) || paused >= pauses) {
        paused = 0;
        try {
          claim();
        } catch (RuntimeException failure) {
          LOG.error("a claim failed and comes again", failure);
          alarm.dueAt(foundation.clock().instant());
        }
      }
      try {
        rest();
        alarm.pause();
        paused++;
      } catch (InterruptedException interrupted) {
        return;
      }
    }
  }

  /// Claims until nothing is due or there is no more room.
  private void claim() {
    if (queue.health() instanceof HealthGate.State.Open) {
      claims.recoverStrays(foundation.clock().instant());
    }
    Instant began;
    Claims.Claim claim;
    do {
      began = foundation.clock().instant();
      claim = claims.claim(began);
      restAfter(claim, Duration.between(began, foundation.clock().instant()));
      claim.ready().forEach(queue::handOver);
      claim
          .suppressed()
          .forEach((delivery, reason) -> {
            var _ = queue.settle(delivery, new AttemptOutcome.Suppressed(reason));
          });
      crowded = claim.crowded();
      queue.changed();
    } while (running && !claim.exhausted());
    // what became due while it claimed was not left behind for want of room
    claims.nextDue(claim.crowded() ? began : Instant.EPOCH).ifPresent(alarm::dueAt);
  }

  private void restAfter(Claims.Claim claim, Duration took) {
    if (!claim.crowded() || !claim.exhausted()) {
      rest = Duration.ZERO;
      return;
    }
    Duration fair = took.multipliedBy(RESTS);
    Duration least = claim.ready().isEmpty() ? REST_AFTER_NOTHING : Duration.ZERO;
    Duration wanted = fair.compareTo(least) > 0 ? fair : least;
    rest = wanted.compareTo(LONGEST_REST) < 0 ? wanted : LONGEST_REST;
  }

  /// Nothing but the end cuts it short.
  private void rest() throws InterruptedException {
    if (rest.isPositive()) {
      var _ = ended.await(rest.toMillis(), TimeUnit.MILLISECONDS);
      rest = Duration.ZERO;
    }
  }

  private void beat() {
    if (lease.beat()) {
      queue.changed();
      alarm.ring(foundation.clock().instant());
    }
  }

  /// Tries the storage again where it failed, by an empty sweep that has to be committed.
  private void watch() {
    makeRoom();
    foundation.health().checkDisk();
    if (!(queue.health() instanceof HealthGate.State.Open)) {
      forget();
    }
    queue.retryUnsettled();
    watchClock();
  }

  /// Gives retained bodies up before new mail is turned away for want of disk. The look at the disk
  /// comes whatever becomes of it.
  private void makeRoom() {
    long wanted = foundation.health().lackingDisk();
    if (wanted > 0 && messages.retainsBodies()) {
      LOG.info("the disk is nearly full: up to {} MiB of retained bodies go", wanted >> 20);
      try {
        sweepBodies(wanted);
      } catch (RuntimeException failure) {
        LOG.warn("retained bodies could not be given up", failure);
      }
    }
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
    sweepBodies(0);
    forget();
    foundation.database().tidy();
  }

  private void sweepBodies(long wanted) {
    for (BodyStore.Survivor survivor : messages.sweepBodies(wanted)) {
      var _ = survivors.submit(survivor).whenComplete((_, failure) -> note(failure));
    }
  }

  private void forget() {
    var _ =
        sweeps
            .submit(foundation.clock().instant())
            .whenComplete((_, failure) -> {
              note(failure);
              if (failure == null && running && forgetting.hasMore()) {
                forget();
              }
            });
  }

  private void every(Duration pause, Runnable turn) {
    var _ =
        timer.scheduleWithFixedDelay(
            () -> {
              try {
                turn.run();
              } catch (RuntimeException failure) {
                LOG.error("a turn of the queue failed and comes again", failure);
              }
            },
            pause.toMillis(),
            pause.toMillis(),
            TimeUnit.MILLISECONDS);
  }

  private static void note(@Nullable Throwable failure) {
    if (failure != null) {
      LOG.warn("not written; it comes again", failure);
    }
  }

  /// Knows when the next delivery is due, so that the table is read then and not all the time.
  ///
  /// Any thread may set it; one waits for it. The clock may jump: it is looked at twice a second,
  /// which costs next to nothing.
  private static final class Alarm {
    private static final Duration LOOK = Duration.ofMillis(500);

    private final Semaphore early = new Semaphore(0);

    /// Microseconds since 1970.
    private final AtomicLong next = new AtomicLong(Long.MIN_VALUE);

    /// Something is due at the given time.
    void dueAt(Instant time) {
      next.accumulateAndGet(micros(time), Math::min);
    }

    /// Something is due now: ends the pause.
    void ring(Instant now) {
      dueAt(now);
      early.release();
    }

    /// Whether the time has come; if so, the alarm is off until it is set again.
    boolean rings(Instant now) {
      long set = next.get();
      return set <= micros(now) && next.compareAndSet(set, Long.MAX_VALUE);
    }

    /// Waits for a ring, but not long.
    void pause() throws InterruptedException {
      var _ = early.tryAcquire(LOOK.toMillis(), TimeUnit.MILLISECONDS);
      early.drainPermits();
    }

    private static long micros(Instant time) {
      return ChronoUnit.MICROS.between(Instant.EPOCH, time);
    }
  }
}

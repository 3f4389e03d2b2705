package dev.waybill.relay.queue;

import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/// Knows when the next delivery is due, so that the table is read then and not all the time.
///
/// Any thread may set it; one waits for it. The clock may jump: it is looked at twice a second,
/// which costs next to nothing.
final class Alarm {
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

package dev.waybill.relay.clock;

import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// The machine's own time and chance, made here once and handed to everything else.
///
/// Any thread may use what this class makes.
public final class SystemClock {
  private SystemClock() {}

  /// The wall clock in whole microseconds, the finest step that both databases keep.
  public static InstantSource instants() {
    return () -> Instant.now().truncatedTo(ChronoUnit.MICROS);
  }

  /// A monotonic clock in nanoseconds from an arbitrary start, for durations.
  public static LongSupplier nanos() {
    return System::nanoTime;
  }

  /// Lets the calling thread wait.
  public static void pause(Duration howLong) throws InterruptedException {
    Thread.sleep(howLong);
  }

  /// Unpredictable numbers for ids, keys and jitter.
  public static RandomGenerator random() {
    return new SecureRandom();
  }
}

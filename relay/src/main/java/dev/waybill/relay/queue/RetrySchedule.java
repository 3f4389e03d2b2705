package dev.waybill.relay.queue;

import dev.waybill.relay.report.RetryPaces;
import java.time.Duration;
import java.util.random.RandomGenerator;

/// When to try again, and when to give up. Immutable; any thread may use it.
///
/// The pause doubles from `first` to `longest`; each is moved by up to `jitter` of itself either
/// way so that what failed together does not come back together (RFC 5321 §4.5.4.1).
///
/// @param first the pause after the first attempt, at least a second
/// @param longest no pause is longer, at least `first`
/// @param lifetime from acceptance to giving up, at least `first`
/// @param jitter a share of the pause, from 0 (none) to below 1
public record RetrySchedule(Duration first, Duration longest, Duration lifetime, double jitter) {
  private static final int MAX_DOUBLINGS = 30;

  public RetrySchedule {
    if (first.compareTo(Duration.ofSeconds(1)) < 0) {
      throw new IllegalArgumentException("first %s (expected: 1 s or more)".formatted(first));
    }
    if (longest.compareTo(first) < 0 || lifetime.compareTo(first) < 0) {
      throw new IllegalArgumentException(
          "longest %s and lifetime %s (expected: at least first, %s)"
              .formatted(longest, lifetime, first));
    }
    if (!(jitter >= 0 && jitter < 1)) {
      throw new IllegalArgumentException("jitter %s (expected: 0 to below 1)".formatted(jitter));
    }
  }

  /// One minute doubling to four hours, for five days.
  public static RetrySchedule standard() {
    return new RetrySchedule(Duration.ofMinutes(1), Duration.ofHours(4), Duration.ofDays(5), 0.2);
  }

  /// The same with what is particular to a reason: a later beginning, or no pause as long. What is
  /// asked for beyond this schedule's own bounds stops there.
  RetrySchedule paced(RetryPaces.Pace pace) {
    Duration end = pace.longest() == null ? longest : shorter(longest, pace.longest());
    Duration begin =
        pace.first() == null || pace.first().compareTo(first) < 0 ? first : pace.first();
    Duration bounded = shorter(begin, shorter(longest, lifetime));
    return new RetrySchedule(bounded, end.compareTo(bounded) < 0 ? bounded : end, lifetime, jitter);
  }

  private static Duration shorter(Duration one, Duration other) {
    return one.compareTo(other) <= 0 ? one : other;
  }

  /// The pause after so many failed attempts (1 or more).
  public Duration pauseAfter(int attempts, RandomGenerator random) {
    int doublings = Math.clamp(attempts - 1L, 0, MAX_DOUBLINGS);
    double seconds = Math.min(first.toSeconds() * (double) (1L << doublings), longest.toSeconds());
    double moved = seconds * (1 + jitter * (2 * random.nextDouble() - 1));
    return Duration.ofMillis(Math.round(moved * 1000));
  }
}

package dev.waybill.relay.domains;

import java.time.Duration;
import java.util.Optional;

/// How often domains are looked up and how long they are given.
///
/// @param firstInterval between looks at a domain that is not verified; doubles from look to look
/// @param longestInterval where the doubling ends
/// @param recheckInterval between looks at a verified domain
/// @param patience how long a domain may be `pending`, or proven to lack its records, before it has
///   failed
public record VerificationSettings(
    Duration firstInterval, Duration longestInterval, Duration recheckInterval, Duration patience) {
  private static final int MAX_DOUBLINGS = 20;

  public VerificationSettings {
    requirePositive("first interval", firstInterval);
    requirePositive("longest interval", longestInterval);
    requirePositive("recheck interval", recheckInterval);
    requirePositive("patience", patience);
  }

  /// One minute doubling to an hour, hourly once verified, 72 hours of patience.
  public static VerificationSettings defaults() {
    return new VerificationSettings(
        Duration.ofMinutes(1), Duration.ofHours(1), Duration.ofHours(1), Duration.ofHours(72));
  }

  /// The time until the next look, before jitter; empty where only an operator starts one.
  ///
  /// @param checks how many looks went before in this status
  Optional<Duration> untilNext(DomainStatus status, int checks) {
    return switch (status) {
      case NOT_STARTED -> Optional.of(firstInterval);
      case PENDING, TEMPORARY_FAILURE -> {
        Duration doubled = firstInterval.multipliedBy(1L << Math.clamp(checks, 0, MAX_DOUBLINGS));
        yield Optional.of(doubled.compareTo(longestInterval) < 0 ? doubled : longestInterval);
      }
      case VERIFIED -> Optional.of(recheckInterval);
      case FAILED, DISABLED -> Optional.empty();
    };
  }

  /// Two looks at a failing domain that are further apart than this prove nothing of the time
  /// between them: twice the longest pause.
  Duration longestGap() {
    return longestInterval.multipliedBy(2);
  }

  private static void requirePositive(String name, Duration duration) {
    if (duration.isNegative()
        || duration.isZero()
        || duration.compareTo(Duration.ofDays(366)) > 0) {
      throw new IllegalArgumentException(
          "verification %s %s (expected: more than 0, at most 366 days)".formatted(name, duration));
    }
  }
}

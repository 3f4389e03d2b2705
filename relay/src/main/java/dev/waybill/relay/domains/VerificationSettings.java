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
/// @param keyGrace how long a signing key stays published after its last signature: as long as mail
///   is retried
public record VerificationSettings(
    Duration firstInterval,
    Duration longestInterval,
    Duration recheckInterval,
    Duration patience,
    Duration keyGrace) {
  private static final int MAX_DOUBLINGS = 20;

  public VerificationSettings {
    requirePositive("first interval", firstInterval);
    requirePositive("longest interval", longestInterval);
    requirePositive("recheck interval", recheckInterval);
    requirePositive("patience", patience);
    requirePositive("key grace", keyGrace);
  }

  /// One minute doubling to an hour, hourly once verified, 72 hours of patience, five days of
  /// grace.
  public static VerificationSettings defaults() {
    return new VerificationSettings(
        Duration.ofMinutes(1),
        Duration.ofHours(1),
        Duration.ofHours(1),
        Duration.ofHours(72),
        Duration.ofDays(5));
  }

  /// The time until the next look, before jitter; empty where only an operator starts one.
  ///
  /// @param checks how many looks went before in this status
  /// @param awaiting whether a key waits to be seen, so that a verified domain is looked at sooner
  Optional<Duration> untilNext(DomainStatus status, int checks, boolean awaiting) {
    return switch (status) {
      case NOT_STARTED -> Optional.of(firstInterval);
      case PENDING, TEMPORARY_FAILURE -> Optional.of(doubled(checks));
      case VERIFIED ->
          Optional.of(awaiting ? least(doubled(checks), recheckInterval) : recheckInterval);
      case FAILED, DISABLED -> Optional.empty();
    };
  }

  private Duration doubled(int checks) {
    long factor = 1L << Math.clamp(checks, 0, MAX_DOUBLINGS);
    return least(firstInterval.multipliedBy(factor), longestInterval);
  }

  private static Duration least(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
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

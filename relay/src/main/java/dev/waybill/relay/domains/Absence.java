package dev.waybill.relay.domains;

import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import org.jspecify.annotations.Nullable;

/// For how long the DNS itself has said that a required record is missing or wrong. A value.
///
/// Only time between two looks counts that both found it so and followed each other closely: time
/// in which the DNS was silent or nobody looked proves nothing.
///
/// @param proven the time that counts
/// @param lastSeen when the last look found it so; null when the last look did not
record Absence(Duration proven, @Nullable Instant lastSeen) {
  /// No look found anything missing.
  static final Absence NONE = new Absence(Duration.ZERO, null);

  /// After one more look.
  ///
  /// @param required what it found of the required records
  /// @param longestGap between two looks that follow each other closely
  Absence after(Collection<Finding> required, Instant now, Duration longestGap) {
    if (required.stream().allMatch(Finding.Right.class::isInstance)) {
      return NONE;
    }
    if (required.stream().noneMatch(Finding.Wrong.class::isInstance)) {
      return new Absence(proven, null);
    }
    Duration gap = lastSeen == null ? Duration.ZERO : Duration.between(lastSeen, now);
    boolean counts = gap.isPositive() && gap.compareTo(longestGap) <= 0;
    return new Absence(counts ? proven.plus(gap) : proven, now);
  }
}

package dev.waybill.relay.dmarc;

import java.time.LocalDate;
import java.time.temporal.ChronoUnit;

/// A stretch of days in UTC, both ends included. A value.
public record Days(LocalDate from, LocalDate to) {
  /// The longest.
  public static final int MOST = 400;

  public Days {
    if (to.isBefore(from) || ChronoUnit.DAYS.between(from, to) >= MOST) {
      throw new IllegalArgumentException(
          "%s to %s (expected: 1 to %d days)".formatted(from, to, MOST));
    }
  }
}

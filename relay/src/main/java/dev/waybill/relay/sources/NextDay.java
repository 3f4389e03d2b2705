package dev.waybill.relay.sources;

import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/// The times at which mail of one pool comes back that nothing was left for: one after another over
/// the whole next day, so that its allowance is not gone in its first minute. Any thread may use
/// it.
///
/// As many places as that day's allowance; when all are taken they are given once more, and who
/// finds nothing left then gets one of the day after.
final class NextDay {
  /// A second each at least.
  private static final long MOST_PLACES = Duration.ofDays(1).toSeconds();

  private LocalDate day = LocalDate.EPOCH;
  private long taken;
  private long given;

  /// The next place.
  ///
  /// @param on the day
  /// @param allowance of that day
  synchronized Instant place(LocalDate on, long allowance) {
    if (!on.equals(day)) {
      day = on;
      taken = 0;
    }
    given++;
    long places = Math.clamp(allowance, 1, MOST_PLACES);
    Duration since = Duration.ofDays(1).multipliedBy(taken++ % places).dividedBy(places);
    return on.atStartOfDay(ZoneOffset.UTC).toInstant().plus(since);
  }

  /// How many places were given, ever.
  synchronized long given() {
    return given;
  }
}

package dev.waybill.relay.dmarc;

import java.time.Duration;
import java.util.Objects;

/// What the ledger of aggregate reports is told.
///
/// @param retention `retention.dmarc-reports`, how long after its days a report is kept, at least
///   [#SHORTEST] and at most [#LONGEST]
public record DmarcSettings(Duration retention) {
  public static final Duration SHORTEST = Duration.ofDays(1);
  public static final Duration LONGEST = Duration.ofDays(3_650);

  public DmarcSettings {
    Objects.requireNonNull(retention, "retention");
    if (retention.compareTo(SHORTEST) < 0 || retention.compareTo(LONGEST) > 0) {
      throw new IllegalArgumentException(
          "dmarc-reports: %s (expected: 1 to %d days)".formatted(retention, LONGEST.toDays()));
    }
  }
}

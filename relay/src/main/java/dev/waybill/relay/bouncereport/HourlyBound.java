package dev.waybill.relay.bouncereport;

import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;

/// How many reports a domain's mail may cause in an hour. One thread uses it.
final class HourlyBound {
  private static final Duration HOUR = Duration.ofHours(1);

  private final int most;
  private final Map<UUID, Integer> counts = new HashMap<>();
  private Instant since = Instant.EPOCH;

  HourlyBound(int most) {
    this.most = most;
  }

  boolean permits(UUID domainId, Instant now) {
    if (!now.isBefore(since.plus(HOUR))) {
      since = now;
      counts.clear();
    }
    return counts.merge(domainId, 1, Integer::sum) <= most;
  }
}

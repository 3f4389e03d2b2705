package dev.waybill.relay.delivery;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/// Remembers which sites could not be reached. Any thread may call it.
///
/// A site is down for 30 s after its first failure, then twice as long each time up to 10 min.
/// After that time it is *suspected*: one connection at a time finds out whether it is back.
final class Outages {
  private static final Duration FIRST = Duration.ofSeconds(30);
  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final int MAX_SITES = 100_000;

  private record Outage(String reason, Duration length, long until) {}

  private final LongSupplier nanos;
  private final Cache<SiteKey, Outage> outages =
      Caffeine.newBuilder()
          .maximumSize(MAX_SITES)
          .expireAfterWrite(LONGEST.multipliedBy(2))
          .build();

  Outages(LongSupplier nanos) {
    this.nanos = nanos;
  }

  /// Why the site is not to be called on now; empty when it may be.
  Optional<String> current(SiteKey site) {
    Outage outage = outages.getIfPresent(site);
    return outage == null || nanos.getAsLong() - outage.until() >= 0
        ? Optional.empty()
        : Optional.of(outage.reason());
  }

  /// Whether the site failed and has not answered since.
  boolean isSuspected(SiteKey site) {
    return outages.getIfPresent(site) != null;
  }

  /// None of the site's hosts could be talked to. While an outage lasts, further failures are part
  /// of it.
  void failed(SiteKey site, String reason) {
    long now = nanos.getAsLong();
    outages
        .asMap()
        .compute(
            site,
            (_, last) -> {
              if (last != null && now - last.until() < 0) {
                return last;
              }
              Duration length = last == null ? FIRST : min(last.length().multipliedBy(2), LONGEST);
              return new Outage(reason, length, now + length.toNanos());
            });
  }

  /// One of the site's hosts opened a session.
  void answered(SiteKey site) {
    if (outages.getIfPresent(site) != null) {
      outages.invalidate(site);
    }
  }

  void forget() {
    outages.invalidateAll();
  }

  private static Duration min(Duration one, Duration other) {
    return one.compareTo(other) < 0 ? one : other;
  }
}

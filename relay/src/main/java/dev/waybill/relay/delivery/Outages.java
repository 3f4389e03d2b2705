package dev.waybill.relay.delivery;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.time.Duration;
import java.util.Optional;
import java.util.function.BiFunction;
import java.util.function.LongSupplier;

/// Remembers which sites could not be reached. Any thread may call it.
///
/// A site is down for 30 s after its first failure, then twice as long each time up to 10 min.
/// After that time it is *suspected*: one connection at a time finds out whether it is back. Where
/// only the DNS failed, which says nothing about the site, it is left alone for 5 s each time.
final class Outages {
  private static final Duration FIRST = Duration.ofSeconds(30);
  private static final Duration LONGEST = Duration.ofMinutes(10);
  private static final Duration UNRESOLVED = Duration.ofSeconds(5);
  private static final int MAX_SITES = 100_000;

  /// @param length of the last time that its hosts could not be talked to; zero when there was none
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

  /// A site is not to be called on now.
  ///
  /// @param left for how long yet
  record Lasting(String reason, Duration left) {}

  /// Why the site is not to be called on now; empty when it may be.
  Optional<Lasting> current(SiteKey site) {
    Outage outage = outages.getIfPresent(site);
    long left = outage == null ? 0 : outage.until() - nanos.getAsLong();
    return outage == null || left <= 0
        ? Optional.empty()
        : Optional.of(new Lasting(outage.reason(), Duration.ofNanos(left)));
  }

  /// Whether the site failed and has not answered since.
  boolean isSuspected(SiteKey site) {
    return outages.getIfPresent(site) != null;
  }

  /// None of the site's hosts could be talked to. While an outage lasts, further failures are part
  /// of it.
  void failed(SiteKey site, String reason) {
    extend(
        site,
        (last, now) -> {
          Duration length = last.isZero() ? FIRST : min(last.multipliedBy(2), LONGEST);
          return new Outage(reason, length, now + length.toNanos());
        });
  }

  /// The DNS did not say where the site's hosts are.
  void unresolved(SiteKey site, String reason) {
    extend(site, (last, now) -> new Outage(reason, last, now + UNRESOLVED.toNanos()));
  }

  private void extend(SiteKey site, BiFunction<Duration, Long, Outage> outage) {
    long now = nanos.getAsLong();
    outages
        .asMap()
        .compute(
            site,
            (_, last) ->
                last != null && now - last.until() < 0
                    ? last
                    : outage.apply(last == null ? Duration.ZERO : last.length(), now));
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

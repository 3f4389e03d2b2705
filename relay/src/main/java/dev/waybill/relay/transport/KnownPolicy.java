package dev.waybill.relay.transport;

import dev.waybill.relay.message.DomainName;
import java.time.Duration;
import java.time.Instant;

/// A policy that was fetched. A value; any thread may use it.
///
/// @param recordId the id that the DNS had then
/// @param usedAt when mail last went to the domain, give or take a day
record KnownPolicy(
    DomainName domain, String recordId, StsPolicy policy, Instant fetchedAt, Instant usedAt) {
  /// However short a policy wants to stand, it is not fetched again for each message.
  static final Duration SHORTEST = Duration.ofMinutes(5);

  private static final Duration FRESH = Duration.ofDays(1);

  /// Until when it counts, whatever the domain publishes by then (RFC 8461 §3.3).
  Instant expiresAt() {
    Duration age = policy.maxAge();
    return fetchedAt.plus(age.compareTo(SHORTEST) < 0 ? SHORTEST : age);
  }

  /// When it is to be fetched again, so that it does not run out while somebody keeps the next one
  /// from us.
  Instant refreshAt() {
    Duration half = policy.maxAge().dividedBy(2);
    return fetchedAt.plus(half.compareTo(FRESH) < 0 ? half : FRESH);
  }

  boolean standsAt(Instant now) {
    return now.isBefore(expiresAt());
  }
}

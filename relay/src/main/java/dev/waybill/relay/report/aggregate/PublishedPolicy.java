package dev.waybill.relay.report.aggregate;

import dev.waybill.relay.dns.DmarcRecord.Policy;
import dev.waybill.relay.message.DomainName;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// The policy that a receiver found and judged by. A value.
///
/// @param domain where it stands
/// @param policy for the domain itself; null where the report does not say
/// @param subdomainPolicy for subdomains; null where the report does not say, and the policy counts
/// @param testing whether the domain asks that it not be applied yet (RFC 9989 §4.7, `t=y`)
/// @param percent the share of mail that it was to be applied to by RFC 7489, 0 to 100; RFC 9989
///   knows no such share
public record PublishedPolicy(
    DomainName domain,
    @Nullable Policy policy,
    @Nullable Policy subdomainPolicy,
    boolean testing,
    int percent) {
  public PublishedPolicy {
    Objects.requireNonNull(domain, "domain");
    if (percent < 0 || percent > 100) {
      throw new IllegalArgumentException("percent %d (expected: 0..100)".formatted(percent));
    }
  }
}

package dev.waybill.relay.domains;

import dev.waybill.relay.dns.SpfEvaluation;
import dev.waybill.relay.message.DomainName;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// What this installation puts into every domain's records.
///
/// @param feedbackHost the MX of the return paths
/// @param spfMechanisms where its mail comes from, such as `ip4:192.0.2.1` or
///   `include:spf.example`; at least one, and at most ten that cost receivers a look-up (RFC 7208
///   §4.6.4)
/// @param trackingHost the target of customers' own tracking hosts
public record RecordPlanSettings(
    DomainName feedbackHost, List<String> spfMechanisms, DomainName trackingHost) {
  public RecordPlanSettings {
    Objects.requireNonNull(feedbackHost, "feedbackHost");
    Objects.requireNonNull(trackingHost, "trackingHost");
    spfMechanisms = List.copyOf(spfMechanisms);
    if (spfMechanisms.isEmpty()) {
      throw new IllegalArgumentException(
          "SPF mechanisms: none (expected: at least one, such as ip4:192.0.2.1)");
    }
    for (String mechanism : spfMechanisms) {
      if (!isMechanism(mechanism)) {
        throw new IllegalArgumentException(
            "SPF mechanism \"%s\" (expected: ip4:, ip6:, include:, a:, mx: or exists: and a value)"
                .formatted(mechanism));
      }
    }
    long lookups = spfMechanisms.stream().filter(SpfEvaluation::needsLookup).count();
    if (lookups > SpfEvaluation.MAX_LOOKUPS) {
      throw new IllegalArgumentException(
          "SPF mechanisms: %d need a look-up (expected: %d at most)"
              .formatted(lookups, SpfEvaluation.MAX_LOOKUPS));
    }
  }

  private static boolean isMechanism(String text) {
    int colon = text.indexOf(':');
    return colon > 0
        && colon < text.length() - 1
        && text.length() <= 260
        && text.chars().allMatch(c -> c > ' ' && c < 0x7F && c != '"' && c != ';')
        && List.of("ip4", "ip6", "include", "a", "mx", "exists")
            .contains(text.substring(0, colon).toLowerCase(Locale.ROOT));
  }
}

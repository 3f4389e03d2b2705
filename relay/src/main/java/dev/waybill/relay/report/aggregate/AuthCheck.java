package dev.waybill.relay.report.aggregate;

import java.util.Locale;
import java.util.Objects;

/// What a receiver found of DKIM or SPF, and whether it counts for the From domain. A value.
///
/// @param outcome what it comes to for DMARC
/// @param domain which domain it is about: that of the signature, or of the return path; empty when
///   the report does not say
/// @param selector of the signature; empty for SPF, and when the report does not say
public record AuthCheck(Outcome outcome, String domain, String selector) {
  /// What it comes to for DMARC.
  public enum Outcome {
    /// It passes for the From domain.
    PASS,
    /// It passes for another domain only, which does not count.
    UNALIGNED,
    /// There was something to check, and it failed.
    FAILED,
    /// There was nothing to check: no signature, or no SPF record.
    NONE;

    /// In lower case, such as `unaligned`.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public AuthCheck {
    Objects.requireNonNull(outcome, "outcome");
    Objects.requireNonNull(domain, "domain");
    Objects.requireNonNull(selector, "selector");
  }

  public boolean passes() {
    return outcome == Outcome.PASS;
  }
}

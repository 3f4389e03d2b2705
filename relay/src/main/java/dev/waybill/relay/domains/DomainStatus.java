package dev.waybill.relay.domains;

import java.util.Locale;

/// How far a domain's verification is.
public enum DomainStatus {
  /// Registered; its records were never looked up.
  NOT_STARTED,
  /// Being looked up until it verifies or 72 hours pass.
  PENDING,
  /// Every required record was found.
  VERIFIED,
  /// Was verified, and an authoritative answer now lacks a required record; mail still flows.
  TEMPORARY_FAILURE,
  /// Not verified in time, or temporarily failed for 72 hours; mail is refused.
  FAILED,
  /// Switched off by the operator.
  DISABLED;

  /// The public name, such as `temporary_failure`.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  /// Whether mail from the domain is accepted.
  public boolean mayMail() {
    return this == VERIFIED || this == TEMPORARY_FAILURE;
  }
}

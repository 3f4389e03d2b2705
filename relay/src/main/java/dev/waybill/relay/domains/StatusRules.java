package dev.waybill.relay.domains;

import java.time.Duration;
import java.util.Collection;

/// How findings change a status. Stateless; any thread.
final class StatusRules {
  private StatusRules() {}

  /// Who started a check.
  enum Cause {
    /// The time for it had come.
    SCHEDULE,
    /// An operator asked; that can raise a domain and never lower one that may mail.
    OPERATOR
  }

  /// The status after a check.
  ///
  /// @param waited how long it has been pending, or how long its records are proven to be missing
  /// @param patience how long that may be
  /// @param required what was found of the required records
  static DomainStatus next(
      DomainStatus current,
      Duration waited,
      Duration patience,
      Cause cause,
      Collection<Finding> required) {
    if (current == DomainStatus.DISABLED) {
      return current;
    }
    if (required.stream().allMatch(Finding.Right.class::isInstance)) {
      return DomainStatus.VERIFIED;
    }
    boolean denied = required.stream().anyMatch(Finding.Wrong.class::isInstance);
    boolean outOfPatience = denied && cause == Cause.SCHEDULE && waited.compareTo(patience) >= 0;
    return switch (current) {
      // a check was begun, whatever it found
      case NOT_STARTED -> DomainStatus.PENDING;
      case FAILED -> cause == Cause.OPERATOR ? DomainStatus.PENDING : DomainStatus.FAILED;
      case PENDING, TEMPORARY_FAILURE -> outOfPatience ? DomainStatus.FAILED : current;
      case VERIFIED -> denied && cause == Cause.SCHEDULE ? DomainStatus.TEMPORARY_FAILURE : current;
      case DISABLED -> current;
    };
  }

  /// A record's status after a check; silence lowers none.
  ///
  /// @param domain the domain's status after the same check
  static DnsRecord.Status next(DnsRecord.Status current, Finding finding, DomainStatus domain) {
    return switch (finding) {
      case Finding.Right(_) -> DnsRecord.Status.VERIFIED;
      case Finding.Unanswered(_) ->
          current == DnsRecord.Status.NOT_STARTED ? DnsRecord.Status.PENDING : current;
      case Finding.Wrong(_) when domain == DomainStatus.FAILED -> DnsRecord.Status.FAILED;
      case Finding.Wrong(_) ->
          switch (current) {
            case VERIFIED, TEMPORARY_FAILURE -> DnsRecord.Status.TEMPORARY_FAILURE;
            case NOT_STARTED, PENDING, FAILED -> DnsRecord.Status.PENDING;
          };
    };
  }
}

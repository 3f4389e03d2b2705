package dev.waybill.relay.tlsreport;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/// Whether and as whom reports are sent (`tls-reports.*`). A value; any thread may use it.
///
/// @param enabled whether any is
/// @param organization who sends them, in its own words, at most 200 characters
/// @param contact whom to ask about them, an address
/// @param from the author of reports by mail, at a verified domain; empty: none goes by mail
/// @param hostname our own
/// @param limit how long a host may take to take a report
/// @param trustedCertificates a PEM file of the authorities that count; empty for those of the Java
///   runtime
public record TlsReportSettings(
    boolean enabled,
    String organization,
    String contact,
    Optional<EmailAddress> from,
    DomainName hostname,
    Duration limit,
    Optional<Path> trustedCertificates) {
  private static final int MAX_ORGANIZATION = 200;
  private static final Duration PATIENCE = Duration.ofSeconds(10);

  public TlsReportSettings {
    if (organization.isBlank() || organization.length() > MAX_ORGANIZATION) {
      throw new IllegalArgumentException(
          "tls-reports.organization: \"%s\" (expected: 1 to %d characters)"
              .formatted(organization, MAX_ORGANIZATION));
    }
    if (from.filter(EmailAddress::needsSmtpUtf8).isPresent()) {
      throw new IllegalArgumentException(
          "tls-reports.from: %s (expected: an address in ASCII, which every host takes)"
              .formatted(from.get()));
    }
    if (EmailAddress.parse(contact).isEmpty()) {
      throw new IllegalArgumentException(
          "tls-reports.contact: %s (expected: an address such as postmaster@example.com)"
              .formatted(contact));
    }
  }

  /// As it is but for tests.
  public static TlsReportSettings of(
      boolean enabled,
      String organization,
      String contact,
      Optional<EmailAddress> from,
      DomainName hostname,
      Optional<Path> trustedCertificates) {
    return new TlsReportSettings(
        enabled, organization, contact, from, hostname, PATIENCE, trustedCertificates);
  }

  /// The domain in whose name reports are sent (RFC 8460 §5.1).
  DomainName submitter() {
    return from.map(EmailAddress::domain).orElse(hostname);
  }
}

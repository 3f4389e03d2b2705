package dev.waybill.relay.transport;

import java.util.List;
import java.util.Locale;

/// Why a session is not as its policy wants it, in the words of TLS reports (RFC 8460 §4.3).
public enum FailureKind {
  /// The host does not offer STARTTLS.
  STARTTLS_NOT_SUPPORTED,
  /// The certificate is for another host.
  CERTIFICATE_HOST_MISMATCH,
  /// The certificate is not valid at this time.
  CERTIFICATE_EXPIRED,
  /// No authority that counts vouches for the certificate.
  CERTIFICATE_NOT_TRUSTED,
  /// Anything else.
  VALIDATION_FAILURE,
  /// None of the TLSA records can be used.
  TLSA_INVALID,
  /// What the DNS says of the host's TLSA records is not proven.
  DNSSEC_INVALID,
  /// The policy could not be fetched.
  STS_POLICY_FETCH_ERROR,
  /// What was fetched is no policy.
  STS_POLICY_INVALID,
  /// The policy host has no certificate that counts.
  STS_WEBPKI_INVALID;

  private record Sign(FailureKind kind, List<String> words) {}

  /// In this order: what names a date also says that the path is wrong. The words are the JDK's and
  /// our own.
  private static final List<Sign> SIGNS =
      List.of(
          new Sign(STARTTLS_NOT_SUPPORTED, List.of("does not offer")),
          new Sign(
              CERTIFICATE_EXPIRED,
              List.of("validity check failed", "not valid at this time", "NotAfter", "NotBefore")),
          new Sign(
              CERTIFICATE_HOST_MISMATCH,
              List.of("No subject alternative", "No name matching", "and the certificate is for")),
          new Sign(CERTIFICATE_NOT_TRUSTED, List.of("PKIX path", "no trusted authority")));

  /// As reports say it, such as `certificate-expired`.
  public String text() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /// Tells from the words of a failed handshake what was wrong.
  static FailureKind of(String reason) {
    return SIGNS.stream()
        .filter(sign -> sign.words().stream().anyMatch(reason::contains))
        .map(Sign::kind)
        .findFirst()
        .orElse(VALIDATION_FAILURE);
  }
}

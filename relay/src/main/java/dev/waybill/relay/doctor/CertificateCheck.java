package dev.waybill.relay.doctor;

import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Locale;

/// Whether the certificate that this relay's doors show is one that clients trust. Stateless but
/// for its run.
final class CertificateCheck {
  private static final int SOON_DAYS = 14;

  /// The number of `dNSName` among alternative names (RFC 5280 §4.2.1.6).
  private static final int DNS_NAME = 2;

  private static final String REASON =
      "Applications submit over TLS, and most refuse a certificate that they cannot check. Receivers"
          + " do not look at it.";

  private final Examination run;

  CertificateCheck(Examination run) {
    this.run = run;
  }

  Diagnosis now() {
    X509Certificate shown = run.instruments().certificate().get();
    Instant now = run.instruments().clock().instant();
    String name = run.settings().hostname().value();
    long days = Duration.between(now, shown.getNotAfter().toInstant()).toDays();
    if (now.isAfter(shown.getNotAfter().toInstant())) {
      return replace(
          Diagnosis.fail(Check.CERTIFICATE, name, "It ended on " + end(shown) + ".", REASON, ""));
    }
    if (now.isBefore(shown.getNotBefore().toInstant())) {
      return Diagnosis.fail(
          Check.CERTIFICATE,
          name,
          "It begins on %s only.".formatted(shown.getNotBefore().toInstant()),
          REASON,
          "Look at this machine's clock.");
    }
    if (shown.getIssuerX500Principal().equals(shown.getSubjectX500Principal())) {
      return replace(
          Diagnosis.warn(
              Check.CERTIFICATE,
              name,
              "It is signed by itself, and good for %d days.".formatted(days),
              REASON,
              ""));
    }
    if (!isFor(name, shown)) {
      return replace(
          Diagnosis.warn(
              Check.CERTIFICATE,
              name,
              "It is for %s.".formatted(shown.getSubjectX500Principal().getName()),
              REASON,
              ""));
    }
    String found = "It is good for %d days, until %s.".formatted(days, end(shown));
    return days <= SOON_DAYS
        ? Diagnosis.warn(
                Check.CERTIFICATE,
                name,
                found,
                REASON,
                "Renew it; the relay reads the files again by itself.")
            .pasting("certbot renew")
        : Diagnosis.pass(Check.CERTIFICATE, name, found, REASON);
  }

  private static Diagnosis replace(Diagnosis bad) {
    return new Diagnosis(
        bad.check(),
        bad.subject(),
        bad.verdict(),
        bad.found(),
        bad.reason(),
        "Get a certificate for the name, for instance from Let's Encrypt, and name its files:",
        "submission:\n  certificate: /etc/letsencrypt/live/%s/fullchain.pem\n  private-key: /etc/letsencrypt/live/%s/privkey.pem"
            .formatted(bad.subject(), bad.subject()));
  }

  private static String end(X509Certificate certificate) {
    return certificate.getNotAfter().toInstant().toString().substring(0, 10);
  }

  private static boolean isFor(String name, X509Certificate certificate) {
    try {
      Collection<List<?>> names = certificate.getSubjectAlternativeNames();
      return names != null
          && names.stream()
              .filter(each -> Integer.valueOf(DNS_NAME).equals(each.getFirst()))
              .map(each -> String.valueOf(each.get(1)).toLowerCase(Locale.ROOT))
              .anyMatch(pattern -> covers(pattern, name));
    } catch (CertificateParsingException unreadable) {
      return false;
    }
  }

  /// A star stands for the first label (RFC 9525 §6.3).
  private static boolean covers(String pattern, String name) {
    return pattern.equals(name)
        || (pattern.startsWith("*.")
            && name.indexOf('.') > 0
            && name.substring(name.indexOf('.')).equals(pattern.substring(1)));
  }
}

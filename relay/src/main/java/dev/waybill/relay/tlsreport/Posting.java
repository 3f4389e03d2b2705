package dev.waybill.relay.tlsreport;

import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.message.TlsWish;
import dev.waybill.relay.queue.PostOffice;
import dev.waybill.relay.transport.GuardedHttps;
import java.time.Instant;
import java.util.Optional;
import java.util.function.Supplier;

/// Sends a report to one place. Any thread may call it; it blocks.
final class Posting {
  private final TlsReportSettings settings;
  private final PostOffice office;
  private final Supplier<GuardedHttps> https;

  Posting(TlsReportSettings settings, PostOffice office, Supplier<GuardedHttps> https) {
    this.settings = settings;
    this.office = office;
    this.https = https;
  }

  /// @param gzip the report
  /// @return why it could not be sent now; empty when it was, or is on stable storage to be sent
  Optional<String> send(DueReport report, Place to, byte[] gzip, Instant now) {
    return switch (to) {
      case Place.Web web -> post(web, gzip);
      case Place.Mail(EmailAddress address) -> mail(report, address, gzip, now);
    };
  }

  /// RFC 8460 §5.4. Redirects are not followed.
  private Optional<String> post(Place.Web web, byte[] gzip) {
    String fields =
        "Content-Type: application/tlsrpt+gzip\r\nContent-Length: %d\r\n".formatted(gzip.length);
    GuardedHttps.Request request =
        new GuardedHttps.Request("POST", web.host(), web.port(), web.target(), fields, gzip);
    return switch (https.get().call(request)) {
      case GuardedHttps.Answer.Nothing(String reason, boolean _) -> Optional.of(reason);
      case GuardedHttps.Answer.Response response ->
          response.status() / 100 == 2
              ? Optional.empty()
              : Optional.of(
                  "%s: status %d (expected: 200 to 299)".formatted(web.host(), response.status()));
    };
  }

  private Optional<String> mail(DueReport report, EmailAddress to, byte[] gzip, Instant now) {
    if (settings.from().isEmpty()) {
      return Optional.of("tls-reports.from is not set");
    }
    EmailAddress from = settings.from().get();
    Optional<SendingDomain> domain = office.sending(from.domain());
    if (domain.isEmpty()) {
      return Optional.of("the domain of tls-reports.from, %s, is not verified".formatted(from));
    }
    ReportLetter letter =
        new ReportLetter(from, to, report.domain(), report.day(), report.id(), gzip);
    return office.post(
        new PostOffice.Letter(
            PostOffice.Kind.TLS_REPORT,
            domain.get(),
            from,
            to,
            letter.subject(),
            letter.octets(),
            false,
            TlsWish.WAIVED,
            report.id() + " " + report.place()),
        settings.hostname(),
        now);
  }
}

package dev.waybill.relay.tlsreport;

import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.idempotency.IdempotencyKey;
import dev.waybill.relay.idempotency.Receipt;
import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.queue.Acceptance;
import dev.waybill.relay.queue.MessageFacts;
import dev.waybill.relay.queue.Recipient;
import dev.waybill.relay.queue.SubmittedBody;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.transport.GuardedHttps;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Supplier;

/// Sends a report to one place. Any thread may call it; it blocks.
final class Posting {
  private static final long PATIENCE_SECONDS = 60;

  private final TlsReportSettings settings;
  private final TlsReports.PostOffice office;
  private final Supplier<GuardedHttps> https;

  Posting(TlsReportSettings settings, TlsReports.PostOffice office, Supplier<GuardedHttps> https) {
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
    Optional<SendingDomain> domain =
        office.covering().apply(from.domain()).filter(known -> known.status().mayMail());
    if (domain.isEmpty()) {
      return Optional.of("the domain of tls-reports.from, %s, is not verified".formatted(from));
    }
    ReportLetter letter =
        new ReportLetter(from, to, report.domain(), report.day(), report.id(), gzip);
    return accept(acceptance(report, letter, domain.get(), now));
  }

  private Optional<String> accept(Acceptance acceptance) {
    try {
      return switch (office.accept().apply(acceptance).get(PATIENCE_SECONDS, TimeUnit.SECONDS)) {
        case Receipt.Queued _ -> Optional.empty();
        case Receipt.KeyTaken _ -> Optional.of("another message has this report's key");
      };
    } catch (ExecutionException failure) {
      return Optional.of("our storage: " + failure.getCause());
    } catch (TimeoutException _) {
      return Optional.of("our storage did not take it in time");
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return Optional.of("interrupted");
    }
  }

  private Acceptance acceptance(
      DueReport report, ReportLetter letter, SendingDomain domain, Instant now) {
    byte[] octets = letter.octets();
    MessageFacts facts =
        new MessageFacts(
            office.ids().get(),
            now,
            null,
            domain.id(),
            domain.name(),
            letter.from().toString(),
            letter.subject(),
            Stream.TRANSACTIONAL,
            "tls-report",
            Map.of(),
            false,
            false,
            ReportLetter.received(settings.hostname()),
            octets.length,
            false,
            letter.to().needsSmtpUtf8());
    String suppressed =
        office
            .suppressed()
            .among(domain.id(), Stream.TRANSACTIONAL, List.of(letter.to()))
            .get(letter.to());
    // a node that was stopped behind the commit does not send it a second time
    String key = "tls-report %s %d".formatted(report.id(), report.place());
    MessageDigest content = IdempotencyKey.digest();
    content.update(key.getBytes(StandardCharsets.US_ASCII));
    UUID scope = domain.id();
    return new Acceptance(
        facts,
        new SubmittedBody.InMemory(octets),
        List.of(new Recipient(letter.to(), suppressed, DsnParameters.NONE)),
        IdempotencyKey.of(scope, key, content),
        null);
  }
}

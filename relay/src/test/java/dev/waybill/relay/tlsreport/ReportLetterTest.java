package dev.waybill.relay.tlsreport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import jakarta.mail.BodyPart;
import jakarta.mail.Session;
import jakarta.mail.internet.MimeMessage;
import jakarta.mail.internet.MimeMultipart;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.util.Properties;
import java.util.Random;
import org.junit.jupiter.api.Test;

/// The letter as a library reads it that did not write it.
class ReportLetterTest {
  private static final DomainName LONG =
      DomainName.of(("a".repeat(60) + ".").repeat(3) + "receiver.example");

  @Test
  void isAReportInTwoParts() throws Exception {
    byte[] report = new byte[5_000];
    new Random(1).nextBytes(report);
    ReportLetter letter =
        new ReportLetter(
            EmailAddress.of("tls@sender.example"),
            EmailAddress.of("rpt@" + LONG),
            LONG,
            LocalDate.of(2026, 1, 2),
            "0190f9f6-0000-7000-8000-000000000001",
            report);
    MimeMessage message =
        new MimeMessage(
            Session.getInstance(new Properties()), new ByteArrayInputStream(letter.octets()));
    assertThat(message.getSubject()).isEqualTo(letter.subject());
    assertThat(message.getHeader("TLS-Report-Domain")).containsExactly(LONG.value());
    assertThat(message.getHeader("TLS-Report-Submitter")).containsExactly("sender.example");
    assertThat(message.getHeader("TLS-Required")).containsExactly("No");
    assertThat(message.getAllRecipients())
        .extracting(Object::toString)
        .containsExactly("rpt@" + LONG);
    assertThat(message.getContentType()).startsWith("multipart/report; report-type=\"tlsrpt\";");
    MimeMultipart parts = (MimeMultipart) message.getContent();
    assertThat(parts.getCount()).isEqualTo(2);
    assertThat(parts.getBodyPart(0).isMimeType("text/plain")).isTrue();
    BodyPart attached = parts.getBodyPart(1);
    assertThat(attached.isMimeType("application/tlsrpt+gzip")).isTrue();
    assertThat(attached.getFileName())
        .isEqualTo(
            "sender.example!%s!1767312000!1767398399!0190f9f6-0000-7000-8000-000000000001.json.gz"
                .formatted(LONG));
    assertThat(attached.getInputStream().readAllBytes()).isEqualTo(report);
    assertThat(new String(letter.octets(), StandardCharsets.US_ASCII).lines())
        .allMatch(line -> line.length() <= 998);
  }
}

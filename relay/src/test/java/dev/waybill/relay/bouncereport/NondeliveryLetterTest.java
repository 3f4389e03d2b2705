package dev.waybill.relay.bouncereport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.testing.SubmittedMail;
import jakarta.mail.BodyPart;
import jakarta.mail.Session;
import jakarta.mail.internet.InternetHeaders;
import jakarta.mail.internet.MimeMessage;
import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Optional;
import java.util.Properties;
import java.util.Set;
import org.eclipse.angus.mail.dsn.DeliveryStatus;
import org.eclipse.angus.mail.dsn.MessageHeaders;
import org.eclipse.angus.mail.dsn.MultipartReport;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// The letter as a library reads it that did not write it.
class NondeliveryLetterTest {
  private static final String MESSAGE =
      """
      From: shop@shop.example
      Bcc: secret@shop.example
      Subject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=
      Message-ID: <17@shop.example>
      Date: Sat, 28 Nov 2026 10:00:00 +0000

      Hello
      """
          .replace("\n", "\r\n");
  private static final DsnParameters DSN =
      new DsnParameters(null, "order 17", Set.of(), "rfc822;Bob+x@near.example");
  private static final Nondelivery REFUSED =
      new Nondelivery(
          Nondelivery.How.REFUSED,
          "5.1.1",
          "mx.there.example",
          "550 5.1.1 no such user",
          Instant.parse("2026-11-28T10:00:07Z"));

  private static MimeMessage read(
      @Nullable String message, String recipient, DsnParameters dsn, Nondelivery nondelivery)
      throws Exception {
    byte[] octets = message == null ? null : message.getBytes(StandardCharsets.UTF_8);
    NondeliveryLetter letter =
        new NondeliveryLetter(
            EmailAddress.of("MAILER-DAEMON@shop.example"),
            EmailAddress.of("owner@shop.example"),
            DomainName.of("relay.example"),
            SubmittedMail.transactional(MESSAGE).stored().facts(),
            octets,
            EmailAddress.of(recipient),
            dsn,
            nondelivery,
            "0190f9f6-0000-7000-8000-000000000001");
    byte[] bytes = letter.octets(letter.returned());
    String text = new String(bytes, StandardCharsets.ISO_8859_1);
    assertThat(text.replace("\r\n", "")).doesNotContain("\r", "\n");
    assertThat(text.lines()).allMatch(line -> line.length() <= 998);
    return new MimeMessage(Session.getInstance(new Properties()), new ByteArrayInputStream(bytes));
  }

  private static DeliveryStatus status(MimeMessage message) throws Exception {
    return (DeliveryStatus) ((MultipartReport) message.getContent()).getReport();
  }

  private static BodyPart part(MimeMessage message, int number) throws Exception {
    return ((MultipartReport) message.getContent()).getBodyPart(number);
  }

  @Test
  void isAReportInThreeParts() throws Exception {
    MimeMessage message = read(MESSAGE, "bob@there.example", DSN, REFUSED);
    assertThat(message.getHeader("From", null))
        .isEqualTo("Mail Delivery System <MAILER-DAEMON@shop.example>");
    assertThat(message.getHeader("To", null)).isEqualTo("owner@shop.example");
    assertThat(message.getHeader("Auto-Submitted", null)).isEqualTo("auto-replied");
    assertThat(message.getHeader("References", null)).isEqualTo("<17@shop.example>");
    assertThat(message.getContentType())
        .startsWith("multipart/report; report-type=delivery-status;");
    assertThat(((MultipartReport) message.getContent()).getCount()).isEqualTo(3);
    assertThat((String) part(message, 0).getContent())
        .contains("bob@there.example", "mx.there.example said:", "550 5.1.1 no such user")
        .contains("Message-ID: <17@shop.example>", "Date: Sat, 28 Nov 2026 10:00:00 +0000");

    InternetHeaders whole = status(message).getMessageDSN();
    assertThat(whole.getHeader("Reporting-MTA", null)).isEqualTo("dns; relay.example");
    assertThat(whole.getHeader("Original-Envelope-Id", null)).isEqualTo("order 17");
    assertThat(whole.getHeader("Arrival-Date", null)).endsWith(" +0000");
    assertThat(status(message).getRecipientDSNCount()).isEqualTo(1);
    InternetHeaders recipient = status(message).getRecipientDSN(0);
    assertThat(recipient.getHeader("Original-Recipient", null))
        .isEqualTo("rfc822;Bob+x@near.example");
    assertThat(recipient.getHeader("Final-Recipient", null)).isEqualTo("rfc822; bob@there.example");
    assertThat(recipient.getHeader("Action", null)).isEqualTo("failed");
    assertThat(recipient.getHeader("Status", null)).isEqualTo("5.1.1");
    assertThat(recipient.getHeader("Remote-MTA", null)).isEqualTo("dns; mx.there.example");
    assertThat(recipient.getHeader("Diagnostic-Code", null))
        .isEqualTo("smtp; 550 5.1.1 no such user");
    assertThat(recipient.getHeader("Last-Attempt-Date", null))
        .isEqualTo("Sat, 28 Nov 2026 10:00:07 +0000");

    assertThat(part(message, 2).isMimeType("text/rfc822-headers")).isTrue();
    MessageHeaders header = (MessageHeaders) part(message, 2).getContent();
    assertThat(header.getHeader("Message-ID")).containsExactly("<17@shop.example>");
    assertThat(header.getHeader("Bcc")).isNull();
  }

  @Test
  void givesTheWholeMessageBackWhereItIsAskedForAndShort() throws Exception {
    DsnParameters full = new DsnParameters(DsnParameters.Ret.FULL, null, Set.of(), null);
    BodyPart whole = part(read(MESSAGE, "bob@there.example", full, REFUSED), 2);
    assertThat(whole.isMimeType("message/rfc822")).isTrue();
    assertThat(((MimeMessage) whole.getContent()).getContent()).isEqualTo("Hello\r\n");

    String large = MESSAGE + "x".repeat(70).concat("\r\n").repeat(5_000);
    assertThat(
            part(read(large, "bob@there.example", full, REFUSED), 2)
                .isMimeType("text/rfc822-headers"))
        .isTrue();
  }

  @Test
  void saysLessWhereTheMessageIsNotKept() throws Exception {
    MimeMessage message = read(null, "bob@there.example", DsnParameters.NONE, REFUSED);
    assertThat(((MultipartReport) message.getContent()).getCount()).isEqualTo(2);
    assertThat(message.getHeader("References", null)).isNull();
    assertThat((String) part(message, 0).getContent()).contains("Subject: Hello");
  }

  @Test
  void carriesWhatIsBeyondAscii() throws Exception {
    String message = MESSAGE.replace("From: ", "X-Name: Jürgen\r\nFrom: ");
    MimeMessage report =
        read(
            message,
            "jürgen@there.example",
            new DsnParameters(null, null, Set.of(), "utf-8;jürgen@near.example"),
            new Nondelivery(
                Nondelivery.How.LATE, "5.0.0", null, "kein Postfach für dich", Instant.EPOCH));
    assertThat((String) part(report, 0).getContent())
        .contains("jürgen@there.example", "kein Postfach für dich");
    InternetHeaders recipient = status(report).getRecipientDSN(0);
    assertThat(recipient.getHeader("Final-Recipient", null))
        .isEqualTo("utf-8; j\\x{FC}rgen@there.example");
    assertThat(recipient.getHeader("Original-Recipient", null))
        .isEqualTo("utf-8;j\\x{FC}rgen@near.example");
    assertThat(recipient.getHeader("Diagnostic-Code", null))
        .isEqualTo("X-Waybill; kein Postfach f?r dich");
    assertThat(part(report, 2).isMimeType("message/global-headers")).isTrue();
    assertThat(new String(part(report, 2).getInputStream().readAllBytes(), StandardCharsets.UTF_8))
        .contains("X-Name: Jürgen\r\n");
  }

  @Test
  void noFieldOfAStrangerBecomesOneOfOurs() throws Exception {
    Nondelivery hostile =
        new Nondelivery(
            Nondelivery.How.REFUSED,
            "5.0.0",
            null,
            Nondelivery.line(
                "550 no\r\nAction: delivered\r\n\r\n--report-x" + "y".repeat(2_000), 500),
            Instant.EPOCH);
    String message = MESSAGE.replace("<17@shop.example>", "<17@shop.example>\r\n x: <y>");
    MimeMessage report =
        read(
            message,
            "bob@there.example",
            new DsnParameters(null, "a\r\nAction: relayed", Set.of(), "rfc822;a\nb"),
            hostile);
    assertThat(report.getHeader("References", null)).isNull();
    assertThat(status(report).getRecipientDSNCount()).isEqualTo(1);
    assertThat(status(report).getRecipientDSN(0).getHeader("Action")).containsExactly("failed");
    assertThat(Optional.ofNullable(status(report).getMessageDSN().getHeader("Action"))).isEmpty();
  }
}

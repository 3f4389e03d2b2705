package dev.waybill.relay.report;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waybill.relay.message.EmailAddress;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/// Any octets as a mail that came back: reading answers with a value, every text of it is a bounded
/// line, and what is kept of it is bounded too. `JAZZER_FUZZ=1` looks for new inputs.
class ReportFuzzTest {
  private static final ReportReader READER = ReportReader.load();
  private static final BounceJudge JUDGE = BounceJudge.load();
  private static final EmailAddress ADA = EmailAddress.of("ada@customer.test");
  private static final byte[] DAEMON =
      "From: MAILER-DAEMON@mx.test\r\nSubject: Undelivered\r\nContent-Type: multipart/report; boundary=b\r\n"
          .getBytes(StandardCharsets.US_ASCII);
  private static final byte[] STATUS =
      ("\r\n--b\r\nContent-Type: message/delivery-status\r\n\r\n"
              + "Final-Recipient: rfc822; ada@customer.test\r\nAction: failed\r\n")
          .getBytes(StandardCharsets.US_ASCII);

  @FuzzTest(maxDuration = "10m")
  void reports(byte[] octets) {
    read(octets);
    read(joined(DAEMON, octets));
    read(joined(joined(DAEMON, STATUS), octets));
  }

  private static void read(byte[] message) {
    Report report = READER.read(message);
    bounce(report).ifPresent(ReportFuzzTest::isBounded);
    if (report instanceof FeedbackReport feedback) {
      isLine(feedback.type());
      isLine(feedback.userAgent());
      isLine(feedback.reportingHost());
      assertThat(feedback.traces()).hasSizeLessThanOrEqualTo(11);
    }
    byte[] kept = ReportExcerpt.of(message, 1024);
    assertThat(kept.length).isLessThanOrEqualTo(Math.min(message.length, 1024));
  }

  private static Optional<Bounce> bounce(Report report) {
    return switch (report) {
      case DeliveryReport about -> JUDGE.judge(about, ADA);
      case WordedReport about -> Optional.of(JUDGE.judge(about, ADA));
      case FeedbackReport _, Report.NoReport _ -> Optional.empty();
    };
  }

  private static void isBounded(Bounce bounce) {
    isLine(bounce.status());
    isLine(bounce.diagnostic());
    isLine(bounce.finalRecipient());
    if (bounce.permanence() == Permanence.HARD) {
      assertThat(bounce.status()).doesNotStartWith("4");
      assertThat(bounce.cause()).isIn(BounceClass.BAD_MAILBOX, BounceClass.BAD_DOMAIN);
    }
  }

  private static void isLine(String text) {
    assertThat(text.length()).isLessThanOrEqualTo(PlainText.MAX_FACT);
    assertThat(text.chars().noneMatch(Character::isISOControl)).isTrue();
  }

  private static byte[] joined(byte[] first, byte[] second) {
    byte[] both = new byte[first.length + second.length];
    System.arraycopy(first, 0, both, 0, first.length);
    System.arraycopy(second, 0, both, first.length, second.length);
    return both;
  }
}

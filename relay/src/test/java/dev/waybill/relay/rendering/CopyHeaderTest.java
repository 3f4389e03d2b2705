package dev.waybill.relay.rendering;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.testing.DkimCheck;
import dev.waybill.relay.testing.RenderingBench;
import dev.waybill.relay.testing.SubmittedMail;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class CopyHeaderTest {
  private static final String FULL =
      """
      From: Shop <shop@shop.example>\r
      To: ann@rcpt.example\r
      Date: Mon, 2 Nov 2026 08:00:00 +0100\r
      Message-ID: <own@shop.example>\r
      Feedback-ID: mine\r
      """;

  private static RenderingBench bench;

  @BeforeAll
  static void open() {
    bench = new RenderingBench();
  }

  @AfterAll
  static void close() {
    bench.close();
  }

  @Test
  void addsWhatIsMissingAndNothingElse() {
    String submitted = "From: shop@shop.example\r\nSubject: Hi\r\n\r\nHello\r\n";
    String copy = bench.copy(SubmittedMail.transactional(submitted).tagged("Order: 1/ä"));
    assertThat(withoutSignature(copy))
        .isEqualTo(
            """
            Received: by relay.example with ESMTPSA id\r
            \t0199a0b0-0000-7000-8000-000000000001; Tue, 3 Nov 2026 10:15:30 +0000\r
            Feedback-ID: Order--1--:transactional:shop.example:waybill\r
            Message-ID: <0199a0b0-0000-7000-8000-000000000001@shop.example>\r
            Date: Tue, 3 Nov 2026 10:15:30 +0000\r
            """
                + submitted);
    String full = FULL + "\r\nHello\r\n";
    assertThat(withoutSignature(bench.copy(SubmittedMail.transactional(full))))
        .isEqualTo(
            """
            Received: by relay.example with ESMTPSA id\r
            \t0199a0b0-0000-7000-8000-000000000001; Tue, 3 Nov 2026 10:15:30 +0000\r
            """
                + full);
  }

  @Test
  void neverLetsTheTraceFieldGrowIntoOtherFields() {
    String copy =
        bench.copy(
            SubmittedMail.transactional(FULL + "\r\nx\r\n")
                .receivedAs("from [203.0.113.9]\r\n (app) by r.example\r\nBcc: x\u0000ü id 7"));
    assertThat(withoutSignature(copy))
        .startsWith(
            "Received: from [203.0.113.9] (app) by r.example Bcc: x?? id 7 id\r\n\t0199a0b0");
    assertThat(withoutSignature(bench.copy(SubmittedMail.transactional(FULL).receivedAs(""))))
        .startsWith("Received: by relay.example id 0199a0b0-");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Bcc: secret@rcpt.example",
        "Resent-Bcc: secret@rcpt.example",
        "Return-Path: <secret@shop.example>",
        "X-Waybill-Tag: secret",
        "x-waybill-metadata-order: secret",
        "X-PM-Message-Stream: secret",
        "X-PM-Tag: secret",
        "X-PM-Metadata-user: secret",
        "X-PM-TrackOpens: secret",
        "X-PM-Track-Opens: secret",
        "X-PM-TrackLinks: secret",
        "X-PM-Track-Links: secret",
        "X-Mailgun-Tag: secret",
        "X-Mailgun-Track-Clicks: secret",
        "X-SES-MESSAGE-TAGS: secret",
        "X-SES-CONFIGURATION-SET: secret",
        "X-MT-Category: secret",
        "X-MT-Custom-Variables: secret",
        "Resend-Idempotency-Key: secret",
        "X-SMTPAPI: {\"a\":\r\n \"secret\"}",
        "X-MSYS-API: secret",
        "BCC : secret\r\n\tsecret",
      })
  void leavesOutBlindCopiesAndInstructions(String field) {
    String before = FULL + "X-Before: 1\r\n";
    String after = "X-After: 2\r\n\r\nHello\r\n";
    assertThat(bench.copy(SubmittedMail.transactional(before + field + "\r\n" + after)))
        .doesNotContain("secret")
        .endsWith(before + after);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "X-Entity-Ref-ID: 1",
        "DKIM-Signature: v=1; d=other.example",
        "List-Unsubscribe: <https://shop.example/u>",
        "X-Mailer: pm",
        "Received: from app"
      })
  void passesOtherFieldsOn(String field) {
    String submitted = FULL + field + "\r\n\r\nHello\r\n";
    assertThat(bench.copy(SubmittedMail.transactional(submitted))).endsWith(submitted);
  }

  @Test
  void sendsFromAReturnPathThatLeadsBack() {
    RenderedCopy copy = bench.render(SubmittedMail.transactional(FULL), SubmittedMail.domain());
    EmailAddress returnPath = Objects.requireNonNull(copy.returnPath());
    assertThat(returnPath.domain().value()).isEqualTo("send.shop.example");
    assertThat(returnPath.localPart()).startsWith("bounces+").hasSizeLessThanOrEqualTo(64);
    assertThat(bench.tokens().readReturnPath(returnPath.localPart().substring(8)))
        .hasValueSatisfying(
            delivery -> assertThat(delivery.messageId()).isEqualTo(SubmittedMail.ID));
    assertThat(copy.recipient()).hasToString("ann@rcpt.example");
  }

  @Test
  void sendsABounceReportFromTheNullSender() {
    SubmittedMail report =
        SubmittedMail.transactional(FULL).receivedAs("by relay.example (bounce report)");
    assertThat(bench.render(report, SubmittedMail.domain()).returnPath()).isNull();
  }

  @Test
  void signsLastWithEveryKeyAndCountsIt() throws Exception {
    double before = bench.meters().get("waybill.dkim.signing").timer().count();
    RenderedCopy copy =
        bench
            .renderer()
            .render(
                SubmittedMail.transactional(FULL + "\r\nHello\r\n").to("ann@rcpt.example"),
                SubmittedMail.domain(),
                List.of(RenderingBench.rsaKey(), RenderingBench.ed25519Key()));
    assertThat(DkimCheck.problem(copy.bytes(), 0, RenderingBench.RSA.getPublic())).isEmpty();
    assertThat(DkimCheck.problem(copy.bytes(), 1, RenderingBench.ED25519.getPublic())).isEmpty();
    assertThat(bench.meters().get("waybill.dkim.signing").timer().count())
        .isEqualTo((long) before + 1);
    assertThat(
            bench
                .meters()
                .get("waybill.dkim.signatures")
                .tag("algorithm", "ed25519-sha256")
                .counter()
                .count())
        .isEqualTo(1);
  }

  @Test
  void refusesToMakeAnUnsignedCopy() {
    assertThatThrownBy(() ->
            bench
                .renderer()
                .render(
                    SubmittedMail.transactional(FULL).to("ann@rcpt.example"),
                    SubmittedMail.domain(),
                    List.of()))
        .hasMessage("no signing key for shop.example (expected: at least one)");
  }

  @Test
  void makesTheSameCopyAgain() {
    SubmittedMail mail =
        SubmittedMail.marketing(
                FULL
                    + "Content-Type: text/html\r\n\r\n"
                    + "<body><a href=\"https://shop.example/\">x</a></body>\r\n")
            .tracked(true, true);
    try (RenderingBench another = new RenderingBench()) {
      assertThat(bench.copy(mail)).isEqualTo(bench.copy(mail)).isEqualTo(another.copy(mail));
    }
  }

  @Test
  void judgesWhatTheNextHopMustOfferByWhatGoesOut() {
    String ascii = FULL + "\r\nHello\r\n";
    String eightBitBody = FULL + "\r\nHéllo\r\n";
    String eightBitHeader = FULL + "Subject: Héllo\r\n\r\nHello\r\n";
    assertThat(needs(SubmittedMail.transactional(ascii).withSmtpUtf8())).isEqualTo("");
    assertThat(needs(SubmittedMail.transactional(eightBitBody))).isEqualTo("8bit");
    assertThat(needs(SubmittedMail.transactional(eightBitHeader).withSmtpUtf8())).isEqualTo("utf8");
    assertThat(needs(SubmittedMail.transactional(eightBitHeader))).isEqualTo("");
    assertThat(
            bench
                .renderer()
                .render(
                    SubmittedMail.transactional(ascii).to("änn@rcpt.example"),
                    SubmittedMail.domain(),
                    List.of(RenderingBench.rsaKey()))
                .smtpUtf8())
        .isTrue();
  }

  @Test
  void endsEveryCopyWithALineBreak() throws Exception {
    for (String body : List.of("\r\nno end", "\r\n", "", "\r\n\r\n\r\n")) {
      RenderedCopy copy =
          bench.render(SubmittedMail.transactional(FULL + body), SubmittedMail.domain());
      assertThat(new String(copy.bytes(), StandardCharsets.US_ASCII)).endsWith("\r\n");
      assertThat(DkimCheck.problem(copy.bytes(), 0, RenderingBench.RSA.getPublic())).isEmpty();
    }
  }

  private static String needs(SubmittedMail mail) {
    RenderedCopy copy = bench.render(mail, SubmittedMail.domain());
    return (copy.eightBit() ? "8bit" : "") + (copy.smtpUtf8() ? "utf8" : "");
  }

  private static String withoutSignature(String copy) {
    return copy.replaceFirst("(?s)^DKIM-Signature:.*?\r\n(?=\\S)", "");
  }
}

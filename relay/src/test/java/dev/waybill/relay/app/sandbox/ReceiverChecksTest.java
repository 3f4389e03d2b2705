package dev.waybill.relay.app.sandbox;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.app.sandbox.Verdicts.Result;
import dev.waybill.relay.feedback.Receiver.Arrival;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.testing.SignedMail;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class ReceiverChecksTest {
  private static final String RETURN_PATH = "bounces+abc@send.sandbox.example";
  private static final String RECEIPT =
      """
      From: Acme <hello@sandbox.example>
      To: ada@customer.example
      Subject: Receipt
      Date: Sat, 21 Nov 2026 10:00:00 +0000
      Message-ID: <1@sandbox.example>
      Feedback-ID: receipt:transactional:waybill

      Thank you, Ada!
      """
          .replace("\n", "\r\n");
  private static final String NEWS =
      RECEIPT.replace(
          "Feedback-ID: receipt:transactional:waybill\r\n",
          "Feedback-ID: news:marketing:waybill\r\n"
              + "List-Unsubscribe: <http://127.0.0.1:8080/u/abc>,"
              + " <mailto:u@send.sandbox.example>\r\n"
              + "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n");

  private static final SignedMail SIGNER = new SignedMail();

  private final SandboxZone zone = new SandboxZone();
  private SandboxDns dns;
  private ReceiverChecks checks;

  @BeforeEach
  void publish() {
    dns = SandboxDns.start(zone, 0);
    checks = new ReceiverChecks(dns.address());
    zone.publish(name("send.sandbox.example"), "TXT", "v=spf1 ip4:127.0.0.1 ~all");
    zone.publish(name("wb1._domainkey.sandbox.example"), "TXT", SIGNER.record());
    zone.publish(name("_dmarc.sandbox.example"), "TXT", "v=DMARC1; p=reject");
  }

  @AfterEach
  void stop() {
    dns.stop();
  }

  @Test
  void passesSignedMailFromAPublishedDomain() {
    Verdicts verdicts = examine(signed(RECEIPT));

    assertThat(results(verdicts)).containsOnly(Result.PASS);
    assertThat(verdicts.oneClick().explanation()).contains("transactional");
    assertThat(verdicts.dkim().explanation()).contains("no second From can be added");
  }

  @Test
  void passesMarketingMailWithSignedOneClickFields() {
    assertThat(results(examine(signed(NEWS)))).containsOnly(Result.PASS);
  }

  @Test
  void passesAnEmptyBody() {
    assertThat(results(examine(signed(RECEIPT.replace("Thank you, Ada!\r\n", "")))))
        .containsOnly(Result.PASS);
  }

  @Test
  void failsDkimAndDmarcWhenAByteOfTheBodyChanges() {
    byte[] message = signed(RECEIPT);
    message[message.length - 4] = 'X';
    zone.withdraw(name("send.sandbox.example"), "TXT");

    Verdicts verdicts = examine(message);

    assertThat(verdicts.spf().result()).isEqualTo(Result.NONE);
    assertThat(verdicts.dkim().result()).isEqualTo(Result.FAIL);
    assertThat(verdicts.dmarc().result()).isEqualTo(Result.FAIL);
  }

  @Test
  void failsDkimWhenASignedFieldChanges() {
    String message = new String(signed(RECEIPT), StandardCharsets.UTF_8);

    assertThat(
            examine(
                    message
                        .replace("Subject: Receipt", "Subject: Refund")
                        .getBytes(StandardCharsets.UTF_8))
                .dkim()
                .result())
        .isEqualTo(Result.FAIL);
  }

  @Test
  void failsDkimWhenFromIsNotSigned() {
    String message = new String(signed(RECEIPT), StandardCharsets.UTF_8);

    Verdicts verdicts =
        examine(message.replace("h=from:from:", "h=").getBytes(StandardCharsets.UTF_8));

    assertThat(verdicts.dkim().result()).isEqualTo(Result.FAIL);
    assertThat(verdicts.dkim().explanation()).contains("From field not signed");
  }

  @Test
  void failsDkimWhenTheKeyIsNotPublished() {
    zone.withdraw(name("wb1._domainkey.sandbox.example"), "TXT");

    assertThat(examine(signed(RECEIPT)).dkim().result()).isEqualTo(Result.FAIL);
  }

  @Test
  void failsSpfWhenThePublishedAddressesAreOthers() {
    zone.withdraw(name("send.sandbox.example"), "TXT");
    zone.publish(name("send.sandbox.example"), "TXT", "v=spf1 ip4:192.0.2.1 ~all");

    Verdicts verdicts = examine(signed(RECEIPT));

    assertThat(verdicts.spf().result()).isEqualTo(Result.FAIL);
    assertThat(verdicts.dmarc().result()).as("DKIM still vouches").isEqualTo(Result.PASS);
  }

  @Test
  void failsDmarcWhenNothingIsAligned() {
    zone.publish(name("wb1._domainkey.other.test"), "TXT", SIGNER.record());
    zone.publish(name("bounce.other.test"), "TXT", "v=spf1 ip4:127.0.0.1 -all");

    Verdicts verdicts =
        checks.examine(arrival("x@bounce.other.test", SIGNER.sign("other.test", "wb1", RECEIPT)));

    assertThat(verdicts.spf().result()).isEqualTo(Result.PASS);
    assertThat(verdicts.dkim().result()).isEqualTo(Result.PASS);
    assertThat(verdicts.dmarc().result()).isEqualTo(Result.FAIL);
  }

  @Test
  void hasNothingToJudgeInUnsignedMailFromNowhere() {
    Verdicts verdicts =
        checks.examine(
            arrival(
                "someone@elsewhere.test",
                "From: x@elsewhere.test\r\n\r\nHello\r\n".getBytes(StandardCharsets.UTF_8)));

    assertThat(results(verdicts)).containsOnly(Result.NONE);
  }

  @Test
  void failsOneClickWhenTheFieldsAreNotSignedOrMissing() {
    byte[] unsignedFields = SIGNER.sign("sandbox.example", "wb1", "from:from:subject", NEWS);
    byte[] withoutFields = signed(RECEIPT.replace("transactional", "marketing"));
    byte[] otherValue = signed(NEWS.replace("=One-Click", "=Yes"));
    byte[] mailOnly = signed(NEWS.replace("<http://127.0.0.1:8080/u/abc>, ", ""));
    byte[] plainHttp = signed(NEWS.replace("127.0.0.1:8080", "links.sandbox.example"));

    assertThat(List.of(unsignedFields, withoutFields, otherValue, mailOnly, plainHttp))
        .allSatisfy(
            message -> assertThat(examine(message).oneClick().result()).isEqualTo(Result.FAIL));
  }

  @Test
  void survivesGarbage() {
    String[] garbage = {
      "",
      "\r\n",
      "DKIM-Signature: v=1; b=\r\n\r\n",
      "DKIM-Signature: a=rsa-sha256; d=; s=; h=; bh=%%%; b=###\r\nFrom: a@b@c, <\r\n\r\nx",
      "From: a@b.test\r\nFrom: c@d.test\r\nList-Unsubscribe: <ht!tp://[>\r\n"
          + "List-Unsubscribe-Post: List-Unsubscribe=One-Click\r\n\r\n",
    };
    for (String message : garbage) {
      Verdicts verdicts =
          checks.examine(arrival("", message.getBytes(StandardCharsets.ISO_8859_1)));
      assertThat(verdicts.dkim().result()).isNotEqualTo(Result.PASS);
      assertThat(verdicts.dmarc().result()).isNotEqualTo(Result.PASS);
    }
  }

  private byte[] signed(String message) {
    return SIGNER.sign("sandbox.example", "wb1", message);
  }

  private Verdicts examine(byte[] message) {
    return checks.examine(arrival(RETURN_PATH, message));
  }

  private static Arrival arrival(String sender, byte[] message) {
    return new Arrival(
        InetAddress.ofLiteral("127.0.0.1"),
        "relay.sandbox.test",
        false,
        sender,
        List.of("ada@customer.example"),
        message);
  }

  private static List<Result> results(Verdicts verdicts) {
    return List.of(
        verdicts.spf().result(),
        verdicts.dkim().result(),
        verdicts.dmarc().result(),
        verdicts.oneClick().result());
  }

  private static DomainName name(String name) {
    return DomainName.of(name);
  }
}

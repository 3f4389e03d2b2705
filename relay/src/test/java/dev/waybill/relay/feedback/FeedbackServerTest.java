package dev.waybill.relay.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.suppression.Suppression.Origin;
import dev.waybill.relay.testing.ReceivingDialog;
import dev.waybill.relay.testing.RecordingLedger;
import dev.waybill.relay.testing.RecordingLedger.Asked;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Locale;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class FeedbackServerTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final String BOUNCES =
      "bounces+" + RecordingLedger.TOKEN + "@send.sandbox.example";
  private static final String UNSUBSCRIBE =
      "unsubscribe+" + RecordingLedger.TOKEN + "@send.sandbox.example";

  private final RecordingLedger ledger = new RecordingLedger();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private FeedbackServer server;

  @BeforeEach
  void start() {
    server =
        new FeedbackServer(
            new FeedbackSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "relay.sandbox.test",
                Set.of(DomainName.of("relay.sandbox.test")),
                64 * 1024,
                20,
                60,
                null),
            ledger.ledger(),
            () -> NOW,
            System::nanoTime,
            meters);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  @Test
  void recordsALateBounceAndSuppressesADeadAddress() throws IOException {
    assertThat(deliver(BOUNCES, message("01-no-such-mailbox"))).startsWith("250 2.0.0");

    assertThat(ledger.events()).singleElement().satisfies(this::isBounceOfTheDelivery);
    assertThat(ledger.suppressions())
        .containsExactly(
            new Asked("ada@customer.test", RecordingLedger.DOMAIN.id(), null, Origin.BOUNCE));
    assertThat(
            meters
                .get("waybill.bounces")
                .tags("provider", "other", "class", "bad_mailbox")
                .counter()
                .count())
        .isEqualTo(1);
  }

  private void isBounceOfTheDelivery(Event event) {
    assertThat(event.type()).isEqualTo(EventType.EMAIL_BOUNCED);
    assertThat(event.delivery()).isEqualTo(RecordingLedger.DELIVERY);
    assertThat(event.recipient()).isEqualTo("ada@customer.test");
    assertThat(event.domain()).isEqualTo("sandbox.example");
    assertThat(event.at()).isEqualTo(NOW);
    assertThat(event.facts())
        .containsEntry("late", "true")
        .containsEntry("status", "5.1.1")
        .containsEntry("reporter", "mx.remote.test")
        .containsKey("diagnostic");
  }

  @Test
  void suppressesNobodyWhenOnlyPartOfAnAliasFailed() throws IOException {
    deliver(BOUNCES, message("03-two-recipients"));

    assertThat(ledger.events()).extracting(Event::type).containsExactly(EventType.EMAIL_BOUNCED);
    assertThat(ledger.suppressions()).isEmpty();
  }

  @Test
  void recordsThatTheNextHopGaveUpOnAPassingTrouble() throws IOException {
    deliver(BOUNCES, message("01-no-such-mailbox").replace("Status: 5.1.1", "Status: 4.4.7"));

    assertThat(ledger.events()).extracting(Event::type).containsExactly(EventType.EMAIL_BOUNCED);
    assertThat(ledger.suppressions()).isEmpty();
  }

  @Test
  void takesTheTokenInAnyCase() throws IOException {
    assertThat(deliver(BOUNCES.toUpperCase(Locale.ROOT), message("01-no-such-mailbox")))
        .startsWith("250");
    assertThat(ledger.events()).hasSize(1);
  }

  @Test
  void recordsAComplaintAndSuppressesTheRecipient() throws IOException {
    assertThat(deliver(BOUNCES, message("07-abuse"))).startsWith("250");

    assertThat(ledger.events()).extracting(Event::type).containsExactly(EventType.EMAIL_COMPLAINED);
    assertThat(ledger.suppressions()).extracting(Asked::origin).containsExactly(Origin.COMPLAINT);
    assertThat(meters.get("waybill.complaints").tag("provider", "other").counter().count())
        .isEqualTo(1);
  }

  @Test
  void unsubscribesFromTheMarketingStream() throws IOException {
    assertThat(deliver(UNSUBSCRIBE, "Subject: unsubscribe\r\n\r\n")).startsWith("250");

    assertThat(ledger.events())
        .extracting(Event::type)
        .containsExactly(EventType.EMAIL_UNSUBSCRIBED);
    assertThat(ledger.suppressions())
        .containsExactly(
            new Asked(
                "ada@customer.test",
                RecordingLedger.DOMAIN.id(),
                Stream.MARKETING.name(),
                Origin.UNSUBSCRIBE));
  }

  @Test
  void takesAndForgetsWhatIsNoNews() throws IOException {
    for (String name : new String[] {"02-delayed", "08-not-spam", "10-automatic-answer"}) {
      assertThat(deliver(BOUNCES, message(name))).startsWith("250");
    }
    assertThat(ledger.events()).isEmpty();
    assertThat(ledger.suppressions()).isEmpty();
  }

  @Test
  void recordsTheSameNewsOnce() throws IOException {
    deliver(BOUNCES, message("07-abuse"));
    deliver(BOUNCES, message("07-abuse"));

    assertThat(ledger.events()).hasSize(1);
    assertThat(ledger.suppressions()).as("asked for again").hasSize(2);
  }

  @Test
  void asksToComeBackWhenTheNewsIsNotDurable() throws IOException {
    ledger.setBroken(true);
    assertThat(deliver(BOUNCES, message("07-abuse"))).startsWith("451 4.3.0");

    ledger.setBroken(false);
    assertThat(deliver(BOUNCES, message("07-abuse"))).startsWith("250");
    assertThat(ledger.events()).hasSize(1);
  }

  @Test
  void refusesEveryAddressWithoutATokenOfOurs() throws IOException {
    String[] strangers = {
      "bounces+forged@send.sandbox.example",
      "postmaster@elsewhere.example",
      "bounces+@send.sandbox.example",
      RecordingLedger.TOKEN + "@send.sandbox.example",
      "bounces+" + RecordingLedger.TOKEN,
    };
    try (ReceivingDialog client = new ReceivingDialog(server.address())) {
      client.say("EHLO client.test");
      client.say("MAIL FROM:<>");
      for (String stranger : strangers) {
        assertThat(client.say("RCPT TO:<" + stranger + ">")).startsWith("550 5.1.1");
      }
      assertThat(client.say("DATA")).startsWith("554");
    }
  }

  @Test
  void offersNoChunkingAndEndsASessionThatUsesIt() throws IOException {
    try (ReceivingDialog client = new ReceivingDialog(server.address())) {
      assertThat(client.say("EHLO client.test"))
          .contains("SIZE 65536", "8BITMIME", "PIPELINING")
          .doesNotContain("CHUNKING", "STARTTLS", "AUTH");
      client.say("MAIL FROM:<>");
      client.say("RCPT TO:<" + BOUNCES + ">");
      assertThat(client.say("BDAT 4 LAST\r\nRSET")).startsWith("502 5.5.1");
      assertThat(client.reply()).isEmpty();
    }
  }

  @Test
  void readsTooLargeDataToItsEndAndGoesOn() throws IOException {
    try (ReceivingDialog client = new ReceivingDialog(server.address())) {
      assertThat(client.deliver("", BOUNCES, "NOOP\r\n".repeat(12_000))).startsWith("552 5.3.4");
      assertThat(client.say("NOOP")).startsWith("250");
      assertThat(client.say("MAIL FROM:<> SIZE=70000 BODY=8BITMIME")).startsWith("552 5.3.4");
      assertThat(client.say("MAIL FROM:<> SIZE=99999999999999999999")).startsWith("552 5.3.4");
      assertThat(client.deliver("", BOUNCES, message("07-abuse"))).startsWith("250");
    }
    assertThat(ledger.events()).hasSize(1);
  }

  @Test
  void endsDataOnlyAtCrLfDotCrLf() throws IOException {
    try (ReceivingDialog client = new ReceivingDialog(server.address())) {
      String smuggled = "Subject: x\r\n\r\n.leading dot\n.\r\nRSET\r\n.\n\r.\r\n";
      assertThat(client.deliver("", BOUNCES, smuggled)).startsWith("250");
      assertThat(client.say("NOOP")).startsWith("250");
    }
  }

  @Test
  void limitsRecipients() throws IOException {
    try (ReceivingDialog client = new ReceivingDialog(server.address())) {
      client.say("EHLO client.test");
      client.say("MAIL FROM:<>");
      for (int i = 0; i < 10; i++) {
        assertThat(client.say("RCPT TO:<" + BOUNCES + ">")).startsWith("250");
      }
      assertThat(client.say("RCPT TO:<" + BOUNCES + ">")).startsWith("452 4.5.3");
    }
  }

  private String deliver(String recipient, String message) throws IOException {
    try (ReceivingDialog client = new ReceivingDialog(server.address())) {
      return client.deliver("", recipient, message);
    }
  }

  private static String message(String name) throws IOException {
    return Files.readString(Path.of("src/test/resources/cases/report", name + ".eml"))
        .replace("\n", "\r\n");
  }
}

package dev.waybill.relay.feedback;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.events.RawReport;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.report.BounceSample;
import dev.waybill.relay.suppression.Suppression.Origin;
import dev.waybill.relay.testing.ReceivingDialog;
import dev.waybill.relay.testing.RecordingLedger;
import dev.waybill.relay.testing.RecordingLedger.Asked;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// The mailboxes that anybody may write to, and what keeps one client from asking for too much.
class LettersAndPaceTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final String BOUNCES =
      "bounces+" + RecordingLedger.TOKEN + "@send.sandbox.example";
  private static final int PER_MINUTE = 30;

  private final RecordingLedger ledger = new RecordingLedger();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final AtomicLong nanos = new AtomicLong();
  private FeedbackServer server;

  @BeforeEach
  void start() {
    server =
        new FeedbackServer(
            new FeedbackSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                "relay.sandbox.test",
                Set.of(DomainName.of("relay.sandbox.test"), DomainName.of("feedback.sandbox.test")),
                2 * 1024 * 1024,
                20,
                PER_MINUTE,
                null),
            ledger.ledger(),
            () -> NOW,
            nanos::get,
            meters);
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  @Test
  void keepsALetterForTheOperator() throws IOException {
    String letter =
        "From: x@reporter.test\r\nSubject: Report Domain:\u001b sandbox.example\r\n\r\nPK";

    assertThat(deliver("reports@reporter.test", "DMARC@Send.Sandbox.example", letter))
        .startsWith("250 2.0.0");

    Event event = ledger.events().getFirst();
    assertThat(event.type()).isEqualTo(EventType.REPORT_RECEIVED);
    assertThat(event.delivery()).isNull();
    assertThat(event.recipient()).isNull();
    assertThat(event.domain()).isEqualTo("sandbox.example");
    assertThat(event.facts())
        .containsEntry("mailbox", "dmarc@send.sandbox.example")
        .containsEntry("from", "reports@reporter.test")
        .containsEntry("subject", "Report Domain:  sandbox.example")
        .containsEntry("client", "127.0.0.1");
    assertThat(text(0)).startsWith(letter);
    assertThat(ledger.suppressions()).isEmpty();
  }

  @Test
  void hasMailboxesOnlyWhereMailIsToComeTo() throws IOException {
    String[] open = {
      "postmaster@send.sandbox.example",
      "abuse@send.sandbox.example",
      "dmarc@send.sandbox.example",
      "postmaster@relay.sandbox.test",
      "abuse@feedback.sandbox.test",
      "PostMaster",
    };
    String[] closed = {
      "postmaster@sandbox.example",
      "abuse@other.sandbox.example",
      "dmarc@send.elsewhere.example",
      "dmarc@example",
      "info@send.sandbox.example",
      "dmarc+x@send.sandbox.example",
      "abuse",
      "\"abuse\"@send.sandbox.example",
      "abuse@send.sandbox.example@elsewhere.test",
      "abuse%elsewhere.test@relay.sandbox.test",
      "@relay.sandbox.test:abuse@elsewhere.test",
    };
    try (ReceivingDialog client = new ReceivingDialog(server.address())) {
      client.say("EHLO client.test");
      client.say("MAIL FROM:<a@b.test>");
      for (String address : open) {
        assertThat(client.say("RCPT TO:<" + address + ">")).as(address).startsWith("250 2.1.5");
      }
      for (String address : closed) {
        assertThat(client.say("RCPT TO:<" + address + ">")).as(address).startsWith("550 5.1.1");
      }
    }
  }

  @Test
  void takesAComplaintToAbuseForTheDeliveryWhoseTokenItShows() throws IOException {
    String complaint = sample("complaint-abuse");

    assertThat(deliver("", "abuse@relay.sandbox.test", complaint)).startsWith("250 2.0.0 Noted");

    assertThat(ledger.events())
        .singleElement()
        .satisfies(event -> {
          assertThat(event.type()).isEqualTo(EventType.EMAIL_COMPLAINED);
          assertThat(event.recipient()).isEqualTo("ada@customer.test");
        });
    assertThat(ledger.suppressions()).extracting(Asked::origin).containsExactly(Origin.COMPLAINT);
    assertThat(text(0)).contains("Feedback-Type: abuse");
  }

  @Test
  void findsTheTokenInTheReturnedMessageOfAProvidersOwnForm() throws IOException {
    deliver("", "abuse@send.sandbox.example", sample("complaint-jmrp-attached"));
    assertThat(ledger.events()).extracting(Event::type).containsExactly(EventType.EMAIL_COMPLAINED);
  }

  @Test
  void keepsAComplaintWithoutAnAuthenticTokenAsALetter() throws IOException {
    String forged =
        sample("complaint-abuse").replace(RecordingLedger.TOKEN, "aaaaaaaaaaaaaaaaaaaaaaaa");

    deliver("", "abuse@relay.sandbox.test", forged);
    deliver("", "abuse@relay.sandbox.test", sample("complaint-not-spam"));

    assertThat(ledger.events())
        .extracting(Event::type)
        .containsExactly(EventType.REPORT_RECEIVED, EventType.REPORT_RECEIVED);
    assertThat(ledger.suppressions()).isEmpty();
  }

  @Test
  void cutsAReportButKeepsItsMachineReadablePart() throws IOException {
    String report =
        sample("postfix-user-unknown")
            .replaceFirst("This is the mail system", ("x".repeat(76) + "\r\n").repeat(1_500));

    assertThat(deliver("", BOUNCES, report)).startsWith("250");

    RawReport kept = Objects.requireNonNull(ledger.reports().getFirst());
    assertThat(kept.octets()).isGreaterThan(100_000);
    assertThat(kept.content()).hasSizeLessThanOrEqualTo(64 * 1024);
    assertThat(text(0))
        .startsWith("From: ")
        .contains("Content-Type: message/delivery-status", "Action: failed", "Subject: Your order");
  }

  @Test
  void refusesADmarcReportThatCouldNotBeKeptWhole() throws IOException {
    String large = "Subject: x\r\n\r\n" + ("y".repeat(76) + "\r\n").repeat(14_000);
    assertThat(deliver("", "dmarc@send.sandbox.example", large)).startsWith("552 5.3.4");
    assertThat(ledger.events()).isEmpty();
  }

  @Test
  void takesOnlySoManyLettersADay() throws IOException {
    String letter = "Subject: x\r\n\r\n" + ("y".repeat(76) + "\r\n").repeat(12_000);
    int kept = 0;
    while (deliver("", "dmarc@send.sandbox.example", letter).startsWith("250")) {
      kept++;
      nanos.addAndGet(Duration.ofMinutes(1).toNanos());
    }
    assertThat(kept).isEqualTo((int) (Letterboxes.MOST_OCTETS / letter.length()));
    assertThat(deliver("", "dmarc@send.sandbox.example", letter)).startsWith("452 4.2.2");
    assertThat(deliver("", "abuse@relay.sandbox.test", "Subject: x\r\n\r\n"))
        .as("another host has room")
        .startsWith("250");
    assertThat(deliver("", BOUNCES, sample("postfix-user-unknown")))
        .as("reports with a token always have")
        .startsWith("250");

    nanos.addAndGet(Duration.ofDays(1).toNanos());
    assertThat(deliver("", "dmarc@send.sandbox.example", letter)).startsWith("250");
  }

  @Test
  void asksAClientThatIsTooFastToComeBack() throws IOException {
    try (ReceivingDialog client = new ReceivingDialog(server.address())) {
      client.say("EHLO client.test");
      client.say("MAIL FROM:<>");
      for (int i = 0; i < PER_MINUTE; i++) {
        assertThat(client.say("RCPT TO:<x" + i + "@elsewhere.test>")).startsWith("550 5.1.1");
      }
      assertThat(client.say("RCPT TO:<" + BOUNCES + ">")).startsWith("451 4.7.1");
      client.say("RSET");
      assertThat(client.say("MAIL FROM:<>")).startsWith("451 4.7.1");

      nanos.addAndGet(Duration.ofMinutes(1).dividedBy(PER_MINUTE).toNanos() + 1);
      assertThat(client.deliver("", BOUNCES, sample("postfix-user-unknown"))).startsWith("250");
      assertThat(client.say("MAIL FROM:<>")).startsWith("451 4.7.1");
    }
    assertThat(ledger.events()).hasSize(1);
  }

  private String text(int index) {
    return new String(
        Objects.requireNonNull(ledger.reports().get(index)).content(), StandardCharsets.ISO_8859_1);
  }

  private String deliver(String from, String recipient, String message) throws IOException {
    try (ReceivingDialog client = new ReceivingDialog(server.address())) {
      return client.deliver(from, recipient, message);
    }
  }

  private static String sample(String name) throws IOException {
    for (BounceSample sample : BounceSample.all()) {
      if (sample.file().endsWith("-" + name + ".eml")) {
        return new String(sample.bytes(), StandardCharsets.ISO_8859_1);
      }
    }
    throw new IOException("no sample " + name);
  }
}

package dev.waybill.relay.app.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.waybill.relay.app.sandbox.Mailroom.Letter;
import dev.waybill.relay.app.sandbox.SampleMessages.Sample;
import dev.waybill.relay.clock.SystemClock;
import dev.waybill.relay.clock.TimeOrderedIds;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.feedback.FeedbackServer;
import dev.waybill.relay.feedback.FeedbackSettings;
import dev.waybill.relay.feedback.Receiver.Arrival;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.suppression.Suppression.Origin;
import dev.waybill.relay.testing.ReceivingDialog;
import dev.waybill.relay.testing.RecordingLedger;
import dev.waybill.relay.tls.ServerCertificate;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SandboxMailHostTest {
  private static final InetSocketAddress ANY_PORT =
      new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), 0);
  private static final String RETURN_PATH =
      "bounces+" + RecordingLedger.TOKEN + "@send.sandbox.example";
  private static final String MESSAGE =
      "From: hello@sandbox.example\r\nSubject: =?utf-8?q?Gr=C3=BC=C3=9Fe?=\r\n\r\n.dot\r\n";

  private static ServerCertificate tls;

  private final RecordingLedger ledger = new RecordingLedger();
  private final SandboxZone zone = new SandboxZone();
  private final SandboxDns dns = SandboxDns.start(zone, 0);
  private final Mailroom mailroom =
      new Mailroom(
          new TimeOrderedIds(SystemClock.instants(), SystemClock.random()), SystemClock.instants());
  private FeedbackServer feedback;
  private ArfSender complaints;
  private SandboxMailHost host;

  @BeforeAll
  static void makeCertificate(@TempDir Path folder) throws IOException {
    tls = SandboxMailHost.certificate(folder);
  }

  @BeforeEach
  void start() {
    feedback =
        new FeedbackServer(
            new FeedbackSettings(ANY_PORT, "relay.sandbox.test"),
            ledger.ledger(),
            SystemClock.instants(),
            System::nanoTime,
            new SimpleMeterRegistry());
    feedback.start();
    complaints = new ArfSender(dns.address(), feedback.address().getPort(), SystemClock.instants());
    host =
        new SandboxMailHost(
            ANY_PORT,
            tls.context(),
            new ReceiverChecks(dns.address()),
            mailroom,
            complaints,
            System::nanoTime);
    host.start();
  }

  @AfterEach
  void stop() {
    host.stop();
    feedback.stop();
    dns.stop();
  }

  @Test
  void keepsTheExactBytesAndTheEnvelope() throws IOException {
    try (ReceivingDialog client = new ReceivingDialog(host.address())) {
      assertThat(client.deliver(RETURN_PATH, "ada@customer.test", MESSAGE))
          .startsWith("250 2.0.0 Arrived as ");
    }
    assertThat(mailroom.letters()).singleElement().satisfies(SandboxMailHostTest::isTheMessage);
  }

  private static void isTheMessage(Letter letter) {
    assertThat(letter.arrival().content()).asString(StandardCharsets.UTF_8).isEqualTo(MESSAGE);
    assertThat(letter.arrival().sender()).isEqualTo(RETURN_PATH);
    assertThat(letter.arrival().recipients()).containsExactly("ada@customer.test");
    assertThat(letter.arrival().client().isLoopbackAddress()).isTrue();
    assertThat(letter.arrival().helo()).isEqualTo("client.test");
    assertThat(letter.subject()).isEqualTo("Grüße");
  }

  @Test
  void refusesAsTheAddressesAskFor() throws IOException {
    try (ReceivingDialog client = new ReceivingDialog(host.address())) {
      assertThat(client.deliver("x@y.test", "Bounce@any.test", MESSAGE)).startsWith("550 5.1.1");
      assertThat(client.say("RCPT TO:<defer+1@any.test>")).startsWith("451 4.7.1");
      assertThat(client.say("RCPT TO:<bouncer@any.test>")).startsWith("250");
    }
    assertThat(mailroom.letters()).isEmpty();
  }

  @Test
  void onlyCountsWhatIsToBeDiscarded() throws IOException {
    try (ReceivingDialog client = new ReceivingDialog(host.address())) {
      assertThat(client.deliver(RETURN_PATH, "discard+1@any.test", MESSAGE)).startsWith("250");
      assertThat(client.deliver(RETURN_PATH, "Discard@any.test", MESSAGE)).startsWith("250");
    }
    assertThat(host.discarded()).isEqualTo(2);
    assertThat(mailroom.letters()).isEmpty();
  }

  @Test
  void takesMailOverStartTls() throws Exception {
    new SampleSubmitter(host.address(), "", "", tls.shown())
        .submit(
            List.of(
                new Sample(
                    EmailAddress.of("ada@customer.test"),
                    MESSAGE.getBytes(StandardCharsets.US_ASCII))));

    assertThat(mailroom.letters())
        .singleElement()
        .satisfies(letter -> {
          assertThat(letter.arrival().tls()).isTrue();
          assertThat(letter.arrival().content())
              .asString(StandardCharsets.UTF_8)
              .isEqualTo(MESSAGE);
        });
  }

  @Test
  void complainsToTheReturnPathThroughItsMx() throws IOException {
    zone.publishHost(DomainName.of("relay.sandbox.test"));
    zone.publish(DomainName.of("send.sandbox.example"), "MX", "10 relay.sandbox.test");

    try (ReceivingDialog client = new ReceivingDialog(host.address())) {
      assertThat(client.deliver(RETURN_PATH, "complain@any.test", MESSAGE)).startsWith("250");
    }

    await().atMost(Duration.ofSeconds(20)).until(() -> !ledger.events().isEmpty());
    assertThat(ledger.events()).extracting(Event::type).containsExactly(EventType.EMAIL_COMPLAINED);
    assertThat(ledger.events().getFirst().facts())
        .containsEntry("reporter", "mx.sandbox.test")
        .containsEntry("feedback_type", "abuse");
    assertThat(ledger.suppressions())
        .extracting(RecordingLedger.Asked::origin)
        .containsExactly(Origin.COMPLAINT);
  }

  @Test
  void doesNotComplainWithoutAPublishedMx() {
    Arrival arrival =
        new Arrival(
            InetAddress.ofLiteral("127.0.0.1"),
            "x",
            false,
            RETURN_PATH,
            List.of("complain@any.test"),
            MESSAGE.getBytes(StandardCharsets.US_ASCII));

    assertThatThrownBy(() -> complaints.complain(arrival))
        .isInstanceOf(IOException.class)
        .hasMessageContaining("send.sandbox.example");
    assertThat(ledger.events()).isEmpty();
  }

  @Test
  void forgetsTheOldestMessageBeyondFiveHundred() {
    for (int i = 0; i < 510; i++) {
      byte[] message = "Subject: %d\r\n\r\n".formatted(i).getBytes(StandardCharsets.US_ASCII);
      mailroom.add(
          new Arrival(
              InetAddress.ofLiteral("127.0.0.1"), "x", false, "", List.of("a@b.test"), message),
          InboxRoutesTest.VERDICTS);
    }
    assertThat(mailroom.letters()).hasSize(500);
    assertThat(mailroom.letters().getFirst().subject()).isEqualTo("509");
    assertThat(mailroom.letters().getLast().subject()).isEqualTo("10");
  }
}

package dev.waybill.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.rendering.RenderedCopy;
import dev.waybill.relay.storage.StorageException;
import dev.waybill.relay.testing.DeliveryHarness;
import dev.waybill.relay.testing.DeliveryHarness.Options;
import dev.waybill.relay.testing.ScriptedMailHost;
import dev.waybill.relay.testing.SelfSignedCertificate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a host says, and what outcome that is.
class ConversesWithTheHostTest {
  @Test
  void defersWhenGreylistedAndDeliversLater() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness().receives("a.example")) {
      harness.host().once("RCPT", "450 4.7.1 Greylisted, please try again in 300 seconds");
      assertThat(harness.deliver("you@a.example"))
          .isInstanceOfSatisfying(
              AttemptOutcome.Deferred.class,
              deferred -> {
                assertThat(deferred.reply()).startsWith("450 4.7.1 Greylisted");
                assertThat(deferred.retryAfter()).contains(Duration.ofMinutes(5));
              });
      assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Delivered.class);
    }
  }

  @Test
  void rejectsOnEvery5xxToTheTransactionAndGoesOnWithTheConnection() throws IOException {
    try (DeliveryHarness harness =
        new DeliveryHarness(
            Options.usual().withIdle(Duration.ofSeconds(5)).withSiteConnections(1))) {
      harness.receives("a.example");
      for (String step : new String[] {"MAIL", "RCPT", "DATA", "END"}) {
        harness.host().once(step, "550-5.7.1 no\n550 5.7.1 thanks");
        assertThat(harness.deliver("you@a.example"))
            .as(step)
            .isInstanceOfSatisfying(
                AttemptOutcome.Rejected.class,
                rejected -> assertThat(rejected.reply()).isEqualTo("550 5.7.1 no thanks"));
      }
      assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Delivered.class);
      assertThat(harness.host().connections()).isEqualTo(1);
      assertThat(harness.host().received()).hasSize(1);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"421 4.7.0 enough for now", "452 4.5.3 Too many messages sent"})
  void takesAnotherConnectionWhenAUsedOneHasDoneItsShare(String enough) throws IOException {
    try (DeliveryHarness harness =
        new DeliveryHarness(
            Options.usual().withIdle(Duration.ofSeconds(5)).withSiteConnections(1))) {
      harness.receives("a.example");
      assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Delivered.class);
      harness.host().once("MAIL", enough);
      assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Delivered.class);
      assertThat(harness.host().connections()).isEqualTo(2);
    }
  }

  @Test
  void defersWhenAFreshConnectionIsClosedWith421() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness().receives("a.example")) {
      harness.host().always("MAIL", "421 4.7.0 not now");
      assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Deferred.class);
    }
  }

  @Test
  void keepsMailWhoseFateIsUnknown() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness().receives("a.example")) {
      harness.host().closesAt("END");
      assertThat(harness.deliver("you@a.example"))
          .isInstanceOfSatisfying(
              AttemptOutcome.Unreachable.class,
              outcome ->
                  assertThat(outcome.reason()).contains("waiting for the reply to the message"));
      assertThat(harness.host().connections()).isEqualTo(1);
    }
  }

  @Test
  void triesTheOtherHostWhenOneHangsUpBeforeTheMessage() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness()) {
      harness.dns.zone(
          "a.example. 60 IN MX 10 one.a.example.",
          "a.example. 60 IN MX 20 two.a.example.",
          "one.a.example. 60 IN A 127.0.0.2",
          "two.a.example. 60 IN A 127.0.0.3");
      harness.host().closesAt("RCPT");
      harness.host("127.0.0.3");
      assertThat(harness.deliver("you@a.example"))
          .isInstanceOfSatisfying(
              AttemptOutcome.Delivered.class,
              delivered -> assertThat(delivered.peer().host()).isEqualTo("two.a.example"));
    }
  }

  @Test
  void endsAHostThatHangs() throws IOException {
    try (DeliveryHarness harness =
        new DeliveryHarness(Options.usual().withTimeout(Duration.ofMillis(300)))) {
      harness.receives("a.example");
      harness.host().hangsAt("END");
      assertThat(harness.deliver("you@a.example"))
          .isInstanceOfSatisfying(
              AttemptOutcome.Unreachable.class,
              outcome -> assertThat(outcome.reason()).contains("nothing complete within PT0.3S"));
    }
  }

  @Test
  void rejectsWhatTheHostCannotTake() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness().receives("a.example")) {
      harness.host().offers("PIPELINING", "SIZE 20");
      assertThat(harness.deliver("you@a.example"))
          .isInstanceOfSatisfying(
              AttemptOutcome.Rejected.class,
              rejected -> assertThat(rejected.reply()).startsWith("552 5.3.4 "));
      harness.host().offers("PIPELINING");
      assertThat(harness.deliver("jörg@a.example"))
          .isInstanceOfSatisfying(
              AttemptOutcome.Rejected.class,
              rejected -> assertThat(rejected.reply()).startsWith("550 5.6.7 "));
    }
  }

  @Test
  void triesAgainWhatTheStorageDidNotGiveBack() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness().receives("a.example")) {
      harness.rendersWith(_ -> {
        throw new StorageException("no body", new IOException("gone"));
      });
      assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Unreachable.class);
      harness.rendersWith(DeliveryHarness::plain);
      assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Delivered.class);
    }
  }

  @Test
  void bouncesNothingForItsOwnFault() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness().receives("a.example")) {
      harness.rendersWith(_ -> {
        throw new IllegalStateException("a bug");
      });
      assertThat(harness.deliver("you@a.example"))
          .isEqualTo(new AttemptOutcome.Fault("java.lang.IllegalStateException: a bug"));
      harness.rendersWith(delivery ->
          new RenderedCopy(
              EmailAddress.of("b@send.example.com"),
              delivery.recipient(),
              new byte[] {'a', '\n', '.', '\n'},
              false,
              false,
              false,
              Set.of(),
              DeliveryHarness.IMPRINT));
      assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Fault.class);
      harness.rendersWith(DeliveryHarness::plain);
      assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Delivered.class);
      assertThat(harness.host().received()).hasSize(1);
    }
  }

  /// A copy that has everything, and what is left of that for a host that offers less.
  private static RenderedCopy madeFor(ReadyDelivery delivery, RenderedCopy.Host host) {
    return new RenderedCopy(
        EmailAddress.of("b@send.example.com"),
        delivery.recipient(),
        ("Subject: for " + host + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII),
        host.eightBitMime(),
        host.smtpUtf8(),
        false,
        Set.of(),
        DeliveryHarness.IMPRINT);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          8BITMIME,SMTPUTF8 | true  | true  | BODY=8BITMIME SMTPUTF8
          8BITMIME          | true  | false | BODY=8BITMIME
          SIZE              | false | false |
          """)
  void asksForACopyThatTheHostTakes(
      String offered, boolean eightBitMime, boolean smtpUtf8, String said) throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness().receives("a.example")) {
      harness.host().offers(offered.split(","));
      AtomicInteger made = new AtomicInteger();
      harness.rendersFor((delivery, host) -> {
        made.incrementAndGet();
        return madeFor(delivery, host);
      });
      assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Delivered.class);
      assertThat(made).as("signing is dear").hasValue(1);
      ScriptedMailHost.Received copy = harness.host().received().getFirst();
      assertThat(copy.text())
          .startsWith("Subject: for " + new RenderedCopy.Host(eightBitMime, smtpUtf8));
      assertThat(copy.mail()).endsWith(said == null ? "SIZE=" + copy.wire().length : said);
    }
  }

  @Test
  void refusesWhatNoConversionMakesFit() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness().receives("a.example")) {
      harness.host().offers("8BITMIME");
      harness.rendersFor((delivery, _) -> madeFor(delivery, RenderedCopy.Host.ANY));
      assertThat(harness.deliver("you@a.example"))
          .isInstanceOfSatisfying(
              AttemptOutcome.Rejected.class,
              rejected -> assertThat(rejected.reply()).startsWith("550 5.6.7 "));
      assertThat(harness.host().received()).isEmpty();
    }
  }

  @Test
  void goesInClearWhenTheHandshakeFails(@TempDir Path folder) throws Exception {
    try (DeliveryHarness harness = new DeliveryHarness().receives("a.example")) {
      harness
          .host()
          .startTls(SelfSignedCertificate.of("mx.a.example", folder).context())
          .closesAt("HANDSHAKE");
      assertThat(harness.deliver("you@a.example"))
          .isInstanceOfSatisfying(
              AttemptOutcome.Delivered.class,
              delivered -> assertThat(delivered.peer().tls()).isNull());
      assertThat(harness.host().connections()).isEqualTo(2);
    }
  }

  @Test
  void saysWhyItWentInClearWhereTheHostHasNoTlsJustNow(@TempDir Path folder) throws Exception {
    try (DeliveryHarness harness = new DeliveryHarness().receives("a.example")) {
      harness
          .host()
          .startTls(SelfSignedCertificate.of("mx.a.example", folder).context())
          .always("STARTTLS", "454 4.7.0 TLS is not available");
      assertThat(harness.deliver("you@a.example"))
          .isInstanceOfSatisfying(
              AttemptOutcome.Delivered.class,
              delivered ->
                  assertThat(Objects.requireNonNull(delivered.peer().security()).reason())
                      .contains("454 4.7.0 TLS is not available"));
    }
  }

  @Test
  void usesTlsWithAnyCertificateButRequiresAValidOneWhereAsked(@TempDir Path folder)
      throws Exception {
    try (DeliveryHarness harness = new DeliveryHarness().receives("a.example")) {
      harness.host().startTls(SelfSignedCertificate.of("mx.a.example", folder).context());
      harness.rendersWith(delivery -> DeliveryHarness.copy(delivery, true));
      assertThat(harness.deliver("you@a.example"))
          .isInstanceOfSatisfying(
              AttemptOutcome.Unreachable.class,
              outcome -> assertThat(outcome.reason()).startsWith("TLS is required; mx.a.example"));
      assertThat(harness.host().received()).isEmpty();
      harness.rendersWith(DeliveryHarness::plain);
      assertThat(harness.deliver("you@a.example"))
          .isInstanceOfSatisfying(
              AttemptOutcome.Delivered.class,
              delivered ->
                  assertThat(delivered.peer().tls())
                      .startsWith("TLSv1.3 ")
                      .endsWith(" (certificate not verified)"));
    }
  }

  @Test
  void deliversWhereTlsIsRequiredAndValid(@TempDir Path folder) throws Exception {
    SelfSignedCertificate own = SelfSignedCertificate.of("mx.a.example", folder);
    try (DeliveryHarness harness =
        new DeliveryHarness(Options.usual().withTrusted(own.pem())).receives("a.example")) {
      harness.host().startTls(own.context());
      harness.rendersWith(delivery -> DeliveryHarness.copy(delivery, true));
      assertThat(harness.deliver("you@a.example"))
          .isInstanceOfSatisfying(
              AttemptOutcome.Delivered.class,
              delivered ->
                  assertThat(Optional.ofNullable(delivered.peer().tls()))
                      .hasValueSatisfying(
                          tls -> assertThat(tls).startsWith("TLSv1.3 ").doesNotContain("not")));
      assertThat(harness.host().connections()).isEqualTo(1);
    }
  }
}

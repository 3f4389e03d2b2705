package dev.waybill.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.dns.SecureResolver;
import dev.waybill.relay.message.TlsWish;
import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.testing.DeliveryHarness;
import dev.waybill.relay.testing.IssuedCertificate;
import dev.waybill.relay.testing.ScriptedMailHost;
import dev.waybill.relay.transport.AppliedPolicy;
import dev.waybill.relay.transport.Transport;
import dev.waybill.relay.transport.TransportSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Rcode;

/// Where mail goes that says REQUIRETLS, and what becomes of it where it may not (RFC 8689 §4.2.1).
class RequiresTlsTest extends DemandingDomain {
  private static final String REPORT = "by relay.example.com (bounce report)";

  @BeforeEach
  void offer() {
    harness.host().offers("PIPELINING", "REQUIRETLS");
  }

  private AttemptOutcome required(String recipient) {
    return harness.outcome(harness.accept(recipient, "from test", TlsWish.REQUIRED));
  }

  private AttemptOutcome.Security passedOn() {
    AttemptOutcome outcome = required("you@a.example");
    assertThat(outcome).isInstanceOf(AttemptOutcome.Delivered.class);
    assertThat(harness.host().received())
        .singleElement()
        .matches(ScriptedMailHost.Received::tls)
        .matches(copy -> copy.mail().endsWith("> REQUIRETLS"));
    return Objects.requireNonNull(((AttemptOutcome.Delivered) outcome).peer().security());
  }

  private void returned(String reply) {
    assertThat(required("you@a.example"))
        .isInstanceOfSatisfying(
            AttemptOutcome.Rejected.class,
            rejected -> {
              assertThat(rejected.reply()).startsWith(reply);
              assertThat(rejected.peer()).isNull();
              AttemptOutcome.Security security = Objects.requireNonNull(rejected.security());
              assertThat(security.policy()).isEqualTo("requiretls");
              assertThat(security.reason()).isNotNull();
            });
    assertThat(harness.host().commands()).noneMatch(command -> command.startsWith("MAIL"));
  }

  private void kept(String reason) {
    assertThat(required("you@a.example"))
        .isInstanceOfSatisfying(
            AttemptOutcome.Unreachable.class,
            unreachable -> assertThat(unreachable.reason()).contains(reason));
    assertThat(harness.host().commands()).noneMatch(command -> command.startsWith("MAIL"));
  }

  @Test
  void goesToAHostThatDnssecProves() {
    assertThat(passedOn()).isEqualTo(new AttemptOutcome.Security("requiretls", null, null));
    assertThat(told).singleElement().matches(session -> session.failure().isEmpty());
  }

  @Test
  void goesByTheRecordsOfTheHost() throws Exception {
    IssuedCertificate own = IssuedCertificate.of(folder, "elsewhere.example");
    harness.host().startTls(own.context());
    tlsa(own.tlsa(1, 1));
    assertThat(passedOn().policy()).isEqualTo("dane");
  }

  @Test
  void goesToAHostThatAPolicyNames() {
    signer.unsigned("a.example");
    policy("enforce", "mx.a.example");
    assertThat(passedOn().policy()).isEqualTo("mta-sts");
  }

  @Test
  void goesToAHostThatAPolicyInTestingNames() {
    signer.unsigned("a.example");
    policy("testing", "mx.a.example");
    assertThat(passedOn().policy()).isEqualTo("requiretls");
  }

  @Test
  void goesToAHostOfTheDomainsOwnNameAndNotThereForAnotherDomain() throws Exception {
    harness.close();
    certificate = IssuedCertificate.of(folder, "own.example");
    begin();
    offer();
    signer.unsigned("own.example");
    signer.unsigned("other.example");
    harness.dns.zone("own.example. 60 IN A 127.0.0.2", "other.example. 60 IN MX 10 own.example.");
    assertThat(required("you@own.example")).isInstanceOf(AttemptOutcome.Delivered.class);
    assertThat(required("you@other.example")).isInstanceOf(AttemptOutcome.Rejected.class);
    assertThat(harness.host().received()).hasSize(1);
  }

  @Test
  void comesBackWhereTheHostDoesNotKeepToIt() {
    harness.host().offers("PIPELINING");
    returned("550 5.7.30 REQUIRETLS support required: mx.a.example: the host does not offer");
    assertThat(harness.host().commands()).last().isEqualTo("QUIT");
  }

  @Test
  void believesWhatIsOfferedUnderTlsOnly() {
    harness.host().offers("PIPELINING").once("EHLO", "250-host.test\n250-REQUIRETLS\n250 STARTTLS");
    returned("550 5.7.30");
  }

  @Test
  void asksAHostThatDoesNotKeepToItOnlyNowAndThen() {
    harness.host().offers("PIPELINING");
    returned("550 5.7.30");
    returned("550 5.7.30");
    assertThat(harness.host().connections()).isEqualTo(1);
    assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Delivered.class);
  }

  @Test
  void takesTheNextHostThatKeepsToIt() throws Exception {
    harness.close();
    certificate = IssuedCertificate.of(folder, "mx.a.example", "first.a.example");
    begin();
    offer();
    harness.dns.zone(
        "a.example. 60 IN MX 5 first.a.example.", "first.a.example. 60 IN A 127.0.0.3");
    ScriptedMailHost first =
        harness.host("127.0.0.3").offers("SIZE 1000").startTls(certificate.context());
    assertThat(passedOn().policy()).isEqualTo("requiretls");
    assertThat(first.commands()).last().isEqualTo("QUIT");
  }

  @Test
  void waitsWhereOneHostDoesNotKeepToItAndAnotherIsDown() {
    harness.host().offers("PIPELINING");
    harness.dns.zone("a.example. 60 IN MX 20 down.a.example.", "down.a.example. 60 IN A 127.0.0.9");
    kept("down.a.example [127.0.0.9]: connecting");
  }

  @Test
  void comesBackWhereNothingProvesTheHost() {
    signer.unsigned("a.example");
    returned(
        "550 5.7.10 REQUIRETLS: mx.a.example: neither DNSSEC nor an MTA-STS policy proves that it"
            + " takes the mail of a.example");
    assertThat(harness.host().connections()).isZero();
    assertThat(told).isEmpty();
  }

  @Test
  void waitsWhereThePolicyThatMayNameTheHostCannotBeHad() {
    signer.unsigned("a.example");
    policy("enforce", "mx.a.example");
    policies.answers("a.example", "HTTP/1.1 500 Oops\r\n\r\n");
    kept("neither DNSSEC nor an MTA-STS policy");
  }

  @Test
  void waitsWhereTheDnsDoesNotSayWhetherThereIsAPolicy() {
    signer.unsigned("a.example");
    harness.dns.failing("_mta-sts.a.example", Rcode.SERVFAIL);
    kept("neither DNSSEC nor an MTA-STS policy");
  }

  @Test
  void waitsWhereThePolicyDoesNotNameTheHost() {
    policy("enforce", "mx.elsewhere.example");
    kept("the MTA-STS policy of a.example does not name this host");
  }

  @Test
  void waitsForAHostWithoutTls() {
    harness.host().startTls(null);
    kept("TLS is required and the host does not offer it");
  }

  @Test
  void waitsForAHostWithoutAValidCertificate() throws Exception {
    harness.host().startTls(IssuedCertificate.of(folder, "mx.a.example").context());
    kept("STARTTLS");
  }

  @Test
  void waitsWhereThisRelayProvesNothing() throws Exception {
    try (DeliveryHarness plain =
        new DeliveryHarness(
            DeliveryHarness.Options.usual().withTrusted(certificate.pem()),
            (resolver, _, port) ->
                new Transport(
                    TransportSettings.of(false, false, port, Optional.empty()),
                    resolver,
                    SecureResolver.trusting(
                        List.of(InetSocketAddress.createUnresolved("nobody.invalid", 53)),
                        Duration.ofSeconds(1)),
                    database,
                    new Transport.Surroundings(_ -> true, clock, new SimpleMeterRegistry())))) {
      plain.receives("a.example").host().startTls(certificate.context()).offers("REQUIRETLS");
      assertThat(plain.outcome(plain.accept("you@a.example", "from test", TlsWish.REQUIRED)))
          .isInstanceOf(AttemptOutcome.Unreachable.class);
    }
  }

  @Test
  void saysNothingOfItWhereTheMessageDoesNot() {
    assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Delivered.class);
    assertThat(harness.host().received().getFirst().mail()).doesNotContain("REQUIRETLS");
  }

  @Test
  void letsAReportGoWhereNoHostKeepsToIt() {
    signer.unsigned("a.example");
    harness.host().offers("PIPELINING").startTls(null);
    assertThat(harness.outcome(harness.accept("you@a.example", REPORT, TlsWish.REQUIRED)))
        .isInstanceOf(AttemptOutcome.Delivered.class);
    assertThat(harness.host().received().getFirst().mail()).doesNotContain("REQUIRETLS");
  }

  @Test
  void passesItOnWithAReportWhereTheHostIsSafe() {
    assertThat(harness.outcome(harness.accept("you@a.example", REPORT, TlsWish.REQUIRED)))
        .isInstanceOf(AttemptOutcome.Delivered.class);
    assertThat(harness.host().received().getFirst().mail()).endsWith(" REQUIRETLS");
  }

  @Test
  void doesNotPassItOnWithAReportToAHostThatNothingProves() {
    signer.unsigned("a.example");
    assertThat(harness.outcome(harness.accept("you@a.example", REPORT, TlsWish.REQUIRED)))
        .isInstanceOf(AttemptOutcome.Delivered.class);
    assertThat(harness.host().received().getFirst().mail()).doesNotContain("REQUIRETLS");
  }

  @Test
  void goesWhateverTheDomainDemandsWhereTheSenderWaivesIt() {
    policy("enforce", "mx.elsewhere.example");
    tlsa(WRONG);
    harness.host().startTls(null);
    assertThat(harness.outcome(harness.accept("you@a.example", "from test", TlsWish.WAIVED)))
        .isInstanceOf(AttemptOutcome.Delivered.class);
    assertThat(told).isEmpty();
    assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Unreachable.class);
    assertThat(told)
        .isNotEmpty()
        .allMatch(session -> session.policy().type() != AppliedPolicy.Type.NONE);
  }

  @Test
  void usesTlsAllTheSameWhereTheSenderWaivesIt() {
    assertThat(harness.outcome(harness.accept("you@a.example", "from test", TlsWish.WAIVED)))
        .isInstanceOf(AttemptOutcome.Delivered.class);
    assertThat(harness.host().received()).singleElement().matches(ScriptedMailHost.Received::tls);
  }

  @Test
  void holdsMailOfADomainToTlsAlsoWhereItWasWaived() {
    harness.rendersWith(delivery -> DeliveryHarness.copy(delivery, true));
    harness.host().startTls(null);
    assertThat(harness.outcome(harness.accept("you@a.example", "from test", TlsWish.WAIVED)))
        .isInstanceOf(AttemptOutcome.Unreachable.class);
  }
}

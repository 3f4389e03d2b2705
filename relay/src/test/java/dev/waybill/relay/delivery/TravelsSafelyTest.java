package dev.waybill.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.dns.SecureResolver;
import dev.waybill.relay.dns.TrustAnchors;
import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.testing.DeliveryHarness;
import dev.waybill.relay.testing.DeliveryHarness.Options;
import dev.waybill.relay.testing.IssuedCertificate;
import dev.waybill.relay.testing.ScriptedMailHost;
import dev.waybill.relay.transport.AppliedPolicy;
import dev.waybill.relay.transport.FailureKind;
import dev.waybill.relay.transport.TlsSession;
import dev.waybill.relay.transport.Transport;
import dev.waybill.relay.transport.TransportSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Rcode;

/// What a recipient's domain demands of the way to it, and what becomes of mail where a host does
/// not keep to that: signed zones, policy hosts and mail hosts are real.
class TravelsSafelyTest extends DemandingDomain {
  private AttemptOutcome.Security delivered() {
    AttemptOutcome outcome = harness.deliver("you@a.example");
    assertThat(outcome).isInstanceOf(AttemptOutcome.Delivered.class);
    return Objects.requireNonNull(((AttemptOutcome.Delivered) outcome).peer().security());
  }

  private void kept(String level, String reason) {
    AttemptOutcome outcome = harness.deliver("you@a.example");
    assertThat(outcome)
        .isInstanceOfSatisfying(
            AttemptOutcome.Unreachable.class,
            unreachable -> {
              assertThat(unreachable.reason()).contains(reason);
              AttemptOutcome.Security security = Objects.requireNonNull(unreachable.security());
              assertThat(security.policy()).isEqualTo(level);
              assertThat(security.reason()).contains(reason);
            });
    assertThat(harness.host().received()).isEmpty();
  }

  private double count(String policy, String result) {
    return harness
        .meters
        .get("waybill.delivery.tls")
        .tags("policy", policy, "result", result)
        .counter()
        .count();
  }

  @Test
  void goesByTheRecordsOfTheHostWhereTheyAreProven() throws Exception {
    tlsa(WRONG, certificate.tlsa(1, 1));
    assertThat(delivered()).isEqualTo(new AttemptOutcome.Security("dane", null, null));
    assertThat(count("dane", "verified")).isEqualTo(1);
  }

  @Test
  void goesByTheRecordsOfTheAuthority() throws Exception {
    tlsa(certificate.authorityTlsa(0, 2));
    assertThat(delivered().policy()).isEqualTo("dane");
  }

  @Test
  void keepsMailFromAHostWithAnotherCertificate() {
    tlsa(WRONG);
    kept("dane", "no TLSA record matches the certificate");
    assertThat(count("dane", "failed")).isEqualTo(1);
  }

  @Test
  void keepsMailFromAHostThatHasRecordsAndNoTls() throws Exception {
    harness.host().startTls(null);
    tlsa(certificate.tlsa(1, 1));
    kept("dane", "TLS is required and the host does not offer it");
  }

  @Test
  void takesTheNextHostWhereTheFirstCannotBeTrusted() throws Exception {
    tlsa(certificate.tlsa(1, 1));
    harness.dns.zone(
        "a.example. 60 IN MX 5 first.a.example.",
        "first.a.example. 60 IN A 127.0.0.3",
        "_%d._tcp.first.a.example. 60 IN TLSA %s".formatted(harness.host().port(), WRONG));
    ScriptedMailHost first = harness.host("127.0.0.3").startTls(certificate.context());
    assertThat(delivered().policy()).isEqualTo("dane");
    assertThat(first.received()).isEmpty();
    assertThat(harness.host().received()).hasSize(1);
  }

  @Test
  void keepsMailWhereTheRecordsAreForgedOrCannotBeHad() throws Exception {
    String owner = "_%d._tcp.mx.a.example".formatted(harness.host().port());
    tlsa(certificate.tlsa(1, 1));
    signer.forging(owner);
    kept("dane", "DANE: no answer for " + owner + ". TLSA");
    assertThat(harness.host().connections()).isZero();
  }

  @Test
  void keepsMailWhereTheServersFailToSayWhetherThereAreRecords() {
    harness.dns.failing("_%d._tcp.mx.a.example".formatted(harness.host().port()), Rcode.SERVFAIL);
    kept("dane", "SERVFAIL");
  }

  @Test
  void keepsMailWhereOneFamilyOfAddressesIsProvenAndTheOtherKeptFromUs() throws Exception {
    tlsa(certificate.tlsa(1, 1));
    harness.dns.failingFor("AAAA", "mx.a.example");
    kept("dane", "mx.a.example. AAAA");
    harness.dns.zone("bare.example. 60 IN A 127.0.0.2").failingFor("AAAA", "bare.example");
    assertThat(harness.deliver("you@bare.example")).isInstanceOf(AttemptOutcome.Unreachable.class);
  }

  @Test
  void sendsWhereAnUnsignedZoneFailsForOneFamilyOfAddresses() {
    signer.unsigned("plain.example");
    harness.dns.zone("plain.example. 60 IN A 127.0.0.2").failingFor("AAAA", "plain.example");
    assertThat(harness.deliver("you@plain.example")).isInstanceOf(AttemptOutcome.Delivered.class);
  }

  @Test
  void keepsMailForADomainWhoseMxIsForged() {
    signer.forging("a.example");
    assertThat(harness.deliver("you@a.example"))
        .isInstanceOfSatisfying(
            AttemptOutcome.Unreachable.class,
            unreachable -> assertThat(unreachable.reason()).contains("a.example. MX", "DNSSEC"));
    assertThat(harness.host().connections()).isZero();
  }

  @Test
  void encryptsWhereNoRecordCanBeUsed() throws Exception {
    tlsa("1 1 1 " + "00".repeat(32), "3 1 9 00");
    assertThat(delivered().policy()).isEqualTo("encrypted");
  }

  @Test
  void neverGoesInClearWhereThereAreRecordsThoughNoneCanBeUsed() {
    tlsa("3 1 9 00");
    harness.host().startTls(null);
    kept("encrypted", "TLS is required and the host does not offer it");
  }

  @Test
  void asksForNoRecordsWhereTheMxIsNotSigned() {
    signer.unsigned("a.example");
    tlsa(WRONG);
    assertThat(delivered().policy()).isEqualTo("opportunistic");
    assertThat(harness.dns.questions()).noneMatch(question -> question.contains("TLSA"));
  }

  @Test
  void takesRecordsUnderEitherNameOfAHostByAnAlias() throws Exception {
    harness
        .dns
        .chaining()
        .forget("mx.a.example")
        .zone(
            "mx.a.example. 60 IN CNAME real.a.example.",
            "real.a.example. 60 IN A 127.0.0.2",
            "real.a.example. 60 IN AAAA ::1",
            "_%d._tcp.real.a.example. 60 IN TLSA %s"
                .formatted(harness.host().port(), certificate.tlsa(1, 1)));
    assertThat(delivered().policy()).isEqualTo("dane");
  }

  @Test
  void takesRecordsUnderTheFirstNameWhereTheLastIsNotSigned() {
    signer.unsigned("plain.example");
    harness
        .dns
        .chaining()
        .forget("mx.a.example")
        .zone(
            "mx.a.example. 60 IN CNAME real.plain.example.",
            "real.plain.example. 60 IN A 127.0.0.2",
            "real.plain.example. 60 IN AAAA ::1");
    tlsa(WRONG);
    kept("dane", "no TLSA record matches");
  }

  @Test
  void goesByAPolicyThatIsEnforced() {
    policy("enforce", "*.a.example");
    assertThat(delivered()).isEqualTo(new AttemptOutcome.Security("mta-sts", null, null));
    assertThat(harness.host().received()).singleElement().matches(ScriptedMailHost.Received::tls);
  }

  @Test
  void keepsMailFromAHostThatThePolicyDoesNotName() {
    policy("enforce", "mx.elsewhere.example");
    kept("mta-sts", "the MTA-STS policy of a.example does not name this host");
    assertThat(harness.host().connections()).isZero();
  }

  @Test
  void keepsMailFromAHostWithoutAValidCertificateWhereThePolicyIsEnforced() throws Exception {
    policy("enforce", "mx.a.example");
    harness.host().startTls(IssuedCertificate.of(folder, "mx.a.example").context());
    kept("mta-sts", "STARTTLS");
  }

  @Test
  void tellsOfAPolicyInTestingAndSendsAllTheSame() throws Exception {
    policy("testing", "mx.elsewhere.example");
    assertThat(delivered().reason())
        .isEqualTo("the MTA-STS policy, which is in testing, fails: it does not name this host");
  }

  @Test
  void letsRecordsHaveTheSayOverAPolicy() throws Exception {
    policy("enforce", "mx.elsewhere.example");
    tlsa(certificate.tlsa(1, 1));
    assertThat(delivered().policy()).isEqualTo("dane");
  }

  @Test
  void countsACertificateThatRecordsVouchForWhereTheSenderWantsAValidOne() throws Exception {
    IssuedCertificate own = IssuedCertificate.of(folder, "elsewhere.example");
    harness.host().startTls(own.context());
    harness.rendersWith(delivery -> DeliveryHarness.copy(delivery, true));
    tlsa(own.tlsa(1, 1));
    assertThat(delivered().policy()).isEqualTo("dane");
  }

  @Test
  void saysThatTheSenderWantedAValidCertificate() {
    harness.rendersWith(delivery -> DeliveryHarness.copy(delivery, true));
    assertThat(delivered().policy()).isEqualTo("enforced");
  }

  @Test
  void keepsMailForAHostThatWantsTlsFirstWhereTlsDoesNotComeAbout() {
    harness.host().always("STARTTLS", "454 4.7.0 TLS is not available");
    harness.host().always("MAIL", "530 5.7.0 Must issue a STARTTLS command first");
    assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Deferred.class);
    harness.host().behaves();
    assertThat(delivered().policy()).isEqualTo("opportunistic");
  }

  @Test
  void believesAHostThatWantsSomethingElseFirst() {
    harness.host().always("MAIL", "530 5.7.0 Authentication required");
    assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Rejected.class);
  }

  @Test
  void tellsThatAHostIsLessSecureThanItWasAndSendsAllTheSame() {
    assertThat(delivered().downgrade()).isNull();
    clock.advance(Duration.ofDays(1));
    harness.host().startTls(null);
    signer.unsigned("b.example");
    harness.dns.zone("b.example. 60 IN MX 10 mx.a.example.", "b.example. 60 IN MX 20 x.example.");
    AttemptOutcome later = harness.deliver("you@b.example");
    assertThat(((AttemptOutcome.Delivered) later).peer().security())
        .isEqualTo(
            new AttemptOutcome.Security(
                "none",
                "the host does not offer STARTTLS",
                "in clear; on 2026-01-02 it was with TLS and a valid certificate"));
    assertThat(harness.meters.get("waybill.delivery.tls.downgrades").counter().count())
        .isEqualTo(1);
  }

  private void tells(AppliedPolicy.Type type, FailureKind kind) {
    assertThat(told)
        .singleElement()
        .satisfies(session -> {
          assertThat(session.domain().value()).isEqualTo("a.example");
          assertThat(session.policy().type()).isEqualTo(type);
          assertThat(session.failure().map(TlsSession.Failure::kind)).contains(kind);
        });
    told.clear();
  }

  private void tellsSuccess(AppliedPolicy.Type type) {
    assertThat(told).singleElement().matches(session -> session.failure().isEmpty());
    assertThat(told.getFirst().policy().type()).isEqualTo(type);
  }

  @Test
  void tellsOfSessionsUnderRecords() throws Exception {
    tlsa(WRONG);
    kept("dane", "no TLSA record matches the certificate");
    assertThat(told.getFirst().failure())
        .contains(
            new TlsSession.Failure(
                FailureKind.VALIDATION_FAILURE,
                told.getFirst().failure().orElseThrow().reason(),
                "mx.a.example",
                "127.0.0.1",
                "127.0.0.2"));
    assertThat(told.getFirst().policy().strings()).containsExactly(WRONG);
    assertThat(told.getFirst().policy().domain().value()).isEqualTo("mx.a.example");
    tells(AppliedPolicy.Type.TLSA, FailureKind.VALIDATION_FAILURE);
  }

  @Test
  void tellsOfSessionsUnderRecordsThatAreRight() throws Exception {
    tlsa(certificate.tlsa(1, 1));
    delivered();
    tellsSuccess(AppliedPolicy.Type.TLSA);
  }

  @Test
  void tellsOfRecordsThatCannotBeUsed() throws Exception {
    tlsa("3 1 9 00");
    delivered();
    tells(AppliedPolicy.Type.TLSA, FailureKind.TLSA_INVALID);
  }

  @Test
  void tellsOfForgedRecords() throws Exception {
    tlsa(certificate.tlsa(1, 1));
    signer.forging("_%d._tcp.mx.a.example".formatted(harness.host().port()));
    kept("dane", "DANE: no answer");
    tells(AppliedPolicy.Type.TLSA, FailureKind.DNSSEC_INVALID);
  }

  @Test
  void tellsOfSessionsUnderAPolicy() {
    policy("enforce", "mx.a.example");
    delivered();
    tellsSuccess(AppliedPolicy.Type.STS);
    assertThat(told.getFirst().policy().strings())
        .containsExactly("version: STSv1", "mode: enforce", "mx: mx.a.example", "max_age: 86400");
    assertThat(told.getFirst().policy().hosts()).containsExactly("mx.a.example");
  }

  @Test
  void tellsOfAHostThatThePolicyDoesNotName() {
    policy("enforce", "mx.elsewhere.example");
    kept("mta-sts", "does not name this host");
    tells(AppliedPolicy.Type.STS, FailureKind.VALIDATION_FAILURE);
  }

  @Test
  void tellsWhatIsWrongWithACertificate() throws Exception {
    policy("testing", "mx.a.example");
    harness.host().startTls(IssuedCertificate.of(folder, "mx.a.example").context());
    delivered();
    tells(AppliedPolicy.Type.STS, FailureKind.CERTIFICATE_NOT_TRUSTED);
  }

  @Test
  void tellsThatACertificateIsForAnotherHost() throws Exception {
    harness.close();
    certificate = IssuedCertificate.of(folder, "elsewhere.example");
    begin();
    policy("enforce", "mx.a.example");
    kept("mta-sts", "STARTTLS");
    tells(AppliedPolicy.Type.STS, FailureKind.CERTIFICATE_HOST_MISMATCH);
  }

  @Test
  void tellsThatACertificateHasRunOut() throws Exception {
    harness.close();
    certificate =
        IssuedCertificate.until(folder, Instant.parse("2020-01-01T00:00:00Z"), "mx.a.example");
    begin();
    policy("enforce", "mx.a.example");
    kept("mta-sts", "STARTTLS");
    tells(AppliedPolicy.Type.STS, FailureKind.CERTIFICATE_EXPIRED);
  }

  @Test
  void tellsThatAHostHasNoTls() {
    harness.host().startTls(null);
    delivered();
    tells(AppliedPolicy.Type.NONE, FailureKind.STARTTLS_NOT_SUPPORTED);
  }

  @Test
  void tellsThatAPolicyCouldNotBeHad() {
    policy("enforce", "mx.a.example");
    policies.answers("a.example", "HTTP/1.1 500 Oops\r\n\r\n");
    delivered();
    tells(AppliedPolicy.Type.STS, FailureKind.STS_POLICY_FETCH_ERROR);
  }

  @Test
  void tellsThatWhatWasFetchedIsNoPolicy() {
    policy("whatever", "mx.a.example");
    delivered();
    tells(AppliedPolicy.Type.STS, FailureKind.STS_POLICY_INVALID);
  }

  @Test
  void letsReportsGoWhateverIsDemandedAndTellsNothingOfThem() {
    tlsa(WRONG);
    policy("enforce", "mx.elsewhere.example");
    harness.rendersWith(delivery -> DeliveryHarness.copy(delivery, true));
    harness.host().startTls(null);
    assertThat(
            harness.outcome(harness.accept("tls@a.example", "by relay.example.com (TLS report)")))
        .isInstanceOf(AttemptOutcome.Delivered.class);
    assertThat(told).isEmpty();
    assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Unreachable.class);
    assertThat(harness.host().received()).hasSize(1);
  }

  @Test
  void sendsWhereTheServersPassNoSignaturesOn() throws Exception {
    try (DeliveryHarness plain =
        new DeliveryHarness(
            Options.usual(),
            (resolver, dns, port) ->
                new Transport(
                    TransportSettings.of(false, true, port, Optional.empty()),
                    resolver,
                    SecureResolver.validating(
                        List.of(dns.address()),
                        Duration.ofSeconds(10),
                        TrustAnchors.of(Optional.empty())),
                    database,
                    new Transport.Surroundings(_ -> true, clock, new SimpleMeterRegistry())))) {
      plain.receives("a.example");
      assertThat(plain.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Delivered.class);
    }
  }
}

package dev.waybill.relay.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.smtp.TrustedAuthorities;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.IssuedCertificate;
import dev.waybill.relay.testing.MovableClock;
import dev.waybill.relay.testing.PolicyHost;
import dev.waybill.relay.testing.ZoneInMemory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is remembered of domains and hosts, on each engine.
abstract class PoliciesContract {
  private static final DomainName DOMAIN = DomainName.of("a.example");
  private static final String RECORD = "_mta-sts.a.example";

  @TempDir private Path folder;
  private final MovableClock clock = MovableClock.standing();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private ZoneInMemory dns = new ZoneInMemory();
  private PolicyHost host;
  private Database database;
  private SSLContext trusting;
  private StsPolicies policies;

  abstract DatabaseSettings settings();

  @BeforeEach
  void start() throws Exception {
    IssuedCertificate certificate = IssuedCertificate.of(folder, "mta-sts.a.example");
    host = new PolicyHost(certificate.context());
    trusting = SSLContext.getInstance("TLS");
    trusting.init(
        null, new TrustManager[] {TrustedAuthorities.of(Optional.of(certificate.pem()))}, null);
    database = Database.open(settings());
    publish("1", "enforce", 86_400);
    policies = afresh();
  }

  @AfterEach
  void stop() throws IOException {
    database.close();
    host.close();
  }

  private void publish(String id, String mode, long maxAge) {
    dns = new ZoneInMemory().address("mta-sts.a.example", "127.0.0.1");
    dns.txt(RECORD, "v=STSv1; id=" + id + ";");
    host.policy(
        "a.example", "version: STSv1", "mode: " + mode, "mx: mx.a.example", "max_age: " + maxAge);
  }

  /// As after a restart, with what the DNS says now.
  private StsPolicies afresh() {
    return new StsPolicies(
        dns,
        new PolicyFetch(
            dns, _ -> true, trusting.getSocketFactory(), host.port(), Duration.ofSeconds(20)),
        database,
        clock,
        meters);
  }

  private Optional<StsPolicy.Mode> mode() {
    return policies.of(DOMAIN).map(StsPolicy::mode);
  }

  @Test
  void fetchesAPolicyOnceAndKeepsItPastARestart() {
    for (int i = 0; i < 3; i++) {
      assertThat(mode()).contains(StsPolicy.Mode.ENFORCE);
    }
    host.silent(true);
    policies = afresh();
    assertThat(mode()).contains(StsPolicy.Mode.ENFORCE);
    assertThat(host.requests()).hasSize(1);
    assertThat(meters.get("waybill.mta.sts.fetches").tag("result", "fetched").counter().count())
        .isEqualTo(1);
  }

  @Test
  void fetchesAgainWhenTheIdIsAnother() {
    assertThat(mode()).contains(StsPolicy.Mode.ENFORCE);
    publish("2", "testing", 86_400);
    policies = afresh();
    assertThat(mode()).contains(StsPolicy.Mode.TESTING);
    assertThat(mode()).contains(StsPolicy.Mode.TESTING);
    assertThat(host.requests()).hasSize(2);
  }

  @Test
  void keepsThePolicyThatStandsWhenTheNextOneCannotBeHad() {
    assertThat(mode()).contains(StsPolicy.Mode.ENFORCE);
    publish("2", "testing", 86_400);
    host.answers("a.example", "HTTP/1.1 500 Oops\r\n\r\n");
    policies = afresh();
    assertThat(mode()).contains(StsPolicy.Mode.ENFORCE);
    assertThat(mode()).contains(StsPolicy.Mode.ENFORCE);
    assertThat(host.requests()).as("a failure is not repeated at once").hasSize(2);
    dns.remove(RECORD);
    assertThat(mode()).as("the record is gone").contains(StsPolicy.Mode.ENFORCE);
    dns.silent(true);
    policies = afresh();
    assertThat(mode()).as("the DNS is silent").contains(StsPolicy.Mode.ENFORCE);
  }

  @Test
  void letsAPolicyRunOut() {
    assertThat(mode()).contains(StsPolicy.Mode.ENFORCE);
    dns.remove(RECORD);
    clock.advance(Duration.ofHours(23));
    assertThat(mode()).contains(StsPolicy.Mode.ENFORCE);
    clock.advance(Duration.ofHours(1));
    assertThat(mode()).isEmpty();
    policies.refresh();
    policies = afresh();
    assertThat(mode()).isEmpty();
  }

  @Test
  void keepsAPolicyThatWantsToStandForNoTimeForAMoment() {
    publish("1", "enforce", 0);
    policies = afresh();
    assertThat(mode()).contains(StsPolicy.Mode.ENFORCE);
    clock.advance(KnownPolicy.SHORTEST.minusSeconds(1));
    assertThat(mode()).contains(StsPolicy.Mode.ENFORCE);
    assertThat(host.requests()).hasSize(1);
    clock.advance(Duration.ofSeconds(1));
    assertThat(mode()).contains(StsPolicy.Mode.ENFORCE);
    assertThat(host.requests()).hasSize(2);
  }

  @Test
  void fetchesPoliciesInUseAgainBeforeTheyRunOut() {
    publish("1", "enforce", 10 * 86_400);
    policies = afresh();
    assertThat(mode()).contains(StsPolicy.Mode.ENFORCE);
    clock.advance(Duration.ofHours(23));
    policies.refresh();
    assertThat(host.requests()).hasSize(1);
    clock.advance(Duration.ofHours(1));
    policies.refresh();
    assertThat(host.requests()).hasSize(2);
    policies.refresh();
    assertThat(host.requests()).hasSize(2);
    // nobody writes to the domain any more: it is fetched for thirty days and then left
    for (int day = 0; day < 29; day++) {
      clock.advance(Duration.ofDays(1));
      policies.refresh();
    }
    assertThat(host.requests()).hasSize(31);
    clock.advance(Duration.ofDays(1));
    policies.refresh();
    assertThat(host.requests()).hasSize(31);
  }

  @Test
  void hasNoPolicyWithoutARecordOrWithoutAText() {
    dns.remove(RECORD);
    assertThat(mode()).isEmpty();
    assertThat(host.requests()).isEmpty();
    publish("3", "enforce", 86_400);
    host.policy("a.example", "version: STSv2");
    policies = afresh();
    assertThat(mode()).isEmpty();
    assertThat(mode()).isEmpty();
    assertThat(host.requests()).hasSize(1);
    assertThat(policies.of(DomainName.of(("b".repeat(61) + ".").repeat(4) + "ab"))).isEmpty();
  }

  @Test
  void tellsWhenAHostIsLessSecureThanBefore() {
    SeenLevels seen = new SeenLevels(database, clock);
    assertThat(seen.note("mx.a.example", SeenLevels.Seen.CLEAR, false)).isEmpty();
    assertThat(seen.note("mx.a.example", SeenLevels.Seen.VERIFIED, false)).isEmpty();
    seen.save();
    seen = new SeenLevels(database, clock);
    clock.advance(Duration.ofDays(1));
    assertThat(seen.note("mx.a.example", SeenLevels.Seen.CLEAR, false))
        .contains("in clear; on 2026-01-02 it was with TLS and a valid certificate");
    assertThat(seen.note("mx.a.example", SeenLevels.Seen.ENCRYPTED, false)).isPresent();
    assertThat(seen.note("mx.a.example", SeenLevels.Seen.VERIFIED, false)).isEmpty();
    assertThat(seen.note("mx.a.example", SeenLevels.Seen.DANE, true)).isEmpty();
    assertThat(seen.note("mx.a.example", SeenLevels.Seen.VERIFIED, true)).isPresent();
    assertThat(seen.note("mx.a.example", SeenLevels.Seen.ENCRYPTED, false))
        .as("where TLSA records were not looked for")
        .isEmpty();
    assertThat(seen.note("mx.a.example", SeenLevels.Seen.CLEAR, false)).isPresent();
    seen.save();
    clock.advance(Duration.ofDays(31));
    assertThat(new SeenLevels(database, clock).note("mx.a.example", SeenLevels.Seen.CLEAR, true))
        .as("after a month")
        .isEmpty();
  }
}

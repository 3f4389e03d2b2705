package dev.waybill.relay.domains;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.storage.DatabaseSettings;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What both databases must do.
abstract class VerifiesDomainsContractTest {
  private static final String SPF_HOST = "send.a.test";

  DomainsFixture fixture;
  Domains domains;

  /// An empty database.
  abstract DatabaseSettings settings();

  @BeforeEach
  void open() {
    fixture = DomainsFixture.open(settings());
    domains = fixture.domains;
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void verifiesOnceEveryRequiredRecordIsRight() {
    UUID id = fixture.add("a.test").id();
    assertThat(domains.verifyNow(id).orElseThrow().status()).isEqualTo(DomainStatus.PENDING);
    assertThat(fixture.record(id, "MX", "send").status()).isEqualTo(DnsRecord.Status.PENDING);
    assertThat(fixture.record(id, "MX", "send").explanation())
        .startsWith("There is no MX record at send.a.test.");

    for (DnsRecord record : domains.records(id)) {
      if (record.required()) {
        fixture.zone.publish(List.of(record));
      }
    }
    assertThat(domains.verifyNow(id).orElseThrow().status()).isEqualTo(DomainStatus.VERIFIED);

    assertThat(fixture.record(id, "MX", "send").status()).isEqualTo(DnsRecord.Status.VERIFIED);
    assertThat(fixture.record(id, "TXT", "_dmarc").status()).isEqualTo(DnsRecord.Status.PENDING);
    Event event = fixture.events.getLast();
    assertThat(event.type()).isEqualTo(EventType.DOMAIN_UPDATED);
    assertThat(event.facts())
        .containsEntry("status", "verified")
        .containsEntry("previous_status", "pending");
    assertThat(gauge("a.test", "verified")).isEqualTo(1);
    assertThat(fixture.meters.find("waybill.domain.status").gauges()).hasSize(1);
  }

  @Test
  void checksByItselfAfterAMinuteThenLessAndLessOften() {
    UUID id = fixture.add("a.test").id();
    assertThat(fixture.schedule.checkDue()).isZero();

    List<Long> minutes = new ArrayList<>();
    long waited = 0;
    while (minutes.size() < 9) {
      fixture.clock.advance(Duration.ofMinutes(1));
      waited++;
      if (fixture.schedule.checkDue() == 1) {
        minutes.add(waited);
        waited = 0;
      }
    }
    long[] nominal = {1, 1, 2, 4, 8, 16, 32, 60, 60};
    for (int i = 0; i < nominal.length; i++) {
      assertThat(minutes.get(i))
          .isBetween((long) Math.floor(nominal[i] * 0.9), (long) Math.ceil(nominal[i] * 1.1) + 1);
    }
    assertThat(fixture.status(id)).isEqualTo(DomainStatus.PENDING);
  }

  @Test
  void failsAfter72HoursWithoutItsRecordsAndVerifiesAgainWhenAsked() {
    UUID id = fixture.add("a.test").id();
    domains.verifyNow(id);

    check(Duration.ofHours(71));
    assertThat(fixture.status(id)).isEqualTo(DomainStatus.PENDING);
    check(Duration.ofHours(2));
    assertThat(fixture.status(id)).isEqualTo(DomainStatus.FAILED);
    assertThat(fixture.record(id, "MX", "send").status()).isEqualTo(DnsRecord.Status.FAILED);
    assertThat(fixture.events.getLast().facts().get("reason"))
        .contains("send.a.test MX: There is no MX record at send.a.test.");

    fixture.clock.advance(Duration.ofDays(30));
    assertThat(fixture.schedule.checkDue()).isZero();
    assertThat(domains.verifyNow(id).orElseThrow().status()).isEqualTo(DomainStatus.PENDING);
    fixture.zone.publish(domains.records(id));
    fixture.clock.advance(Duration.ofMinutes(2));
    assertThat(fixture.schedule.checkDue()).isEqualTo(1);
    assertThat(fixture.status(id)).isEqualTo(DomainStatus.VERIFIED);
  }

  @Test
  void keepsMailFlowingFor72HoursAfterARecordWasLost() {
    UUID id = fixture.addVerified("a.test").id();
    fixture.zone.remove(SPF_HOST);

    check(Duration.ofHours(2));
    assertThat(fixture.status(id)).isEqualTo(DomainStatus.TEMPORARY_FAILURE);
    assertThat(fixture.status(id).mayMail()).isTrue();
    assertThat(fixture.record(id, "TXT", "send").status())
        .isEqualTo(DnsRecord.Status.TEMPORARY_FAILURE);
    assertThat(gauge("a.test", "temporary_failure")).isEqualTo(1);

    checkHourly(70);
    assertThat(fixture.status(id)).isEqualTo(DomainStatus.TEMPORARY_FAILURE);
    checkHourly(4);
    assertThat(fixture.status(id)).isEqualTo(DomainStatus.FAILED);
    assertThat(fixture.status(id).mayMail()).isFalse();
  }

  /// As when the relay was switched off over the days in which it was to look.
  @Test
  void countsNoTimeInWhichNobodyLooked() {
    UUID id = fixture.addVerified("a.test").id();
    fixture.zone.remove(SPF_HOST);
    check(Duration.ofHours(2));
    check(Duration.ofDays(30));
    check(Duration.ofHours(1));
    assertThat(fixture.status(id)).isEqualTo(DomainStatus.TEMPORARY_FAILURE);
    checkHourly(73);
    assertThat(fixture.status(id)).isEqualTo(DomainStatus.FAILED);
  }

  @Test
  void recoversFromATemporaryFailureByItself() {
    UUID id = fixture.addVerified("a.test").id();
    List<DnsRecord> records = domains.records(id);
    fixture.zone.remove(SPF_HOST);
    check(Duration.ofHours(2));
    assertThat(fixture.status(id)).isEqualTo(DomainStatus.TEMPORARY_FAILURE);

    records.stream()
        .filter(record -> record.relativeName().equals("send"))
        .forEach(record -> fixture.zone.publish(List.of(record)));
    check(Duration.ofHours(2));

    assertThat(fixture.status(id)).isEqualTo(DomainStatus.VERIFIED);
  }

  @Test
  void isNeverLoweredByADnsThatDoesNotAnswer() {
    UUID verified = fixture.addVerified("a.test").id();
    UUID pending = fixture.add("b.test").id();
    domains.verifyNow(pending);
    UUID failing = fixture.addVerified("c.test").id();
    fixture.zone.remove("send.c.test");
    check(Duration.ofHours(2));
    assertThat(fixture.status(failing)).isEqualTo(DomainStatus.TEMPORARY_FAILURE);
    List<DnsRecord.Status> before = statuses(verified);
    int told = fixture.events.size();

    fixture.zone.silent(true);
    for (int day = 0; day < 10; day++) {
      check(Duration.ofDays(1));
      domains.verifyNow(verified);
      domains.verifyNow(failing);
    }

    assertThat(fixture.status(verified)).isEqualTo(DomainStatus.VERIFIED);
    assertThat(fixture.status(pending)).isEqualTo(DomainStatus.PENDING);
    assertThat(fixture.status(failing)).isEqualTo(DomainStatus.TEMPORARY_FAILURE);
    assertThat(statuses(verified)).isEqualTo(before);
    assertThat(fixture.record(verified, "MX", "send").explanation())
        .isEqualTo("The DNS did not answer: time-out");
    assertThat(fixture.events).hasSize(told);
  }

  @Test
  void isNotLoweredByAnOperatorsCheckButByTheNextScheduledOne() {
    UUID id = fixture.addVerified("a.test").id();
    fixture.zone.remove(SPF_HOST);

    for (int minute = 0; minute < 50; minute++) {
      fixture.clock.advance(Duration.ofMinutes(1));
      assertThat(domains.verifyNow(id).orElseThrow().status()).isEqualTo(DomainStatus.VERIFIED);
    }
    assertThat(fixture.record(id, "MX", "send").status())
        .isEqualTo(DnsRecord.Status.TEMPORARY_FAILURE);

    fixture.clock.advance(Duration.ofMinutes(17));
    assertThat(fixture.schedule.checkDue()).isEqualTo(1);
    assertThat(fixture.status(id)).isEqualTo(DomainStatus.TEMPORARY_FAILURE);
    check(Duration.ofHours(71));
    fixture.clock.advance(Duration.ofHours(2));
    assertThat(domains.verifyNow(id).orElseThrow().status())
        .isEqualTo(DomainStatus.TEMPORARY_FAILURE);
  }

  @Test
  void aDisabledDomainRestsUntilItIsEnabled() {
    UUID id = fixture.addVerified("a.test").id();
    // changes of one millisecond have no order
    fixture.clock.advance(Duration.ofMillis(1));

    // the names of two changes at one moment have no order
    fixture.clock.advance(Duration.ofSeconds(1));
    assertThat(domains.enable(id, false).orElseThrow().status()).isEqualTo(DomainStatus.DISABLED);
    assertThat(fixture.status(id).mayMail()).isFalse();
    assertThat(fixture.events.getLast().facts())
        .containsEntry("status", "disabled")
        .containsEntry("previous_status", "verified")
        .containsEntry("reason", "disabled by the operator");
    StatusChange newest = domains.history(id, null, 1).getFirst();
    assertThat(newest.reason()).isEqualTo("disabled by the operator");
    assertThat(domains.history(id, newest.id(), 10)).isNotEmpty().doesNotContain(newest);
    int told = fixture.events.size();
    assertThat(domains.enable(id, false).orElseThrow().status()).isEqualTo(DomainStatus.DISABLED);
    assertThat(fixture.events).hasSize(told);

    fixture.clock.advance(Duration.ofDays(30));
    assertThat(fixture.schedule.checkDue()).isZero();
    assertThat(domains.verifyNow(id).orElseThrow().status()).isEqualTo(DomainStatus.DISABLED);

    assertThat(domains.enable(id, true).orElseThrow().status()).isEqualTo(DomainStatus.NOT_STARTED);
    check(Duration.ofMinutes(2));
    assertThat(fixture.status(id)).isEqualTo(DomainStatus.VERIFIED);
    assertThat(domains.enable(id, true).orElseThrow().status()).isEqualTo(DomainStatus.VERIFIED);
    assertThat(domains.enable(UUID.randomUUID(), false)).isEmpty();
  }

  @Test
  void sharesDueDomainsAmongNodes() throws InterruptedException {
    for (int i = 0; i < 6; i++) {
      fixture.add("d%d.test".formatted(i));
    }
    VerificationSchedule other = fixture.anotherNode(DomainsFixture.masterKey(7)).schedule();
    fixture.clock.advance(Duration.ofMinutes(2));

    AtomicInteger checked = new AtomicInteger();
    Thread first = Thread.ofVirtual().start(() -> checked.addAndGet(fixture.schedule.checkDue()));
    Thread second = Thread.ofVirtual().start(() -> checked.addAndGet(other.checkDue()));
    first.join();
    second.join();

    assertThat(checked).hasValue(6);
    assertThat(fixture.events.stream().filter(e -> e.type() == EventType.DOMAIN_UPDATED))
        .hasSize(6);
  }

  @Test
  void givesADueDomainToOneNodeAndToAnotherWhenThatOneDies() {
    fixture.add("a.test");
    fixture.clock.advance(Duration.ofMinutes(2));
    DomainStore store = new DomainStore();
    Instant now = fixture.clock.instant();
    Instant until = now.plus(Duration.ofMinutes(5));
    var jdbi = fixture.database.jdbi();
    DomainStore.Row row = jdbi.withHandle(handle -> store.due(handle, now, 10)).getFirst();

    assertThat(jdbi.<Boolean, RuntimeException>withHandle(h -> store.claim(h, row, until)))
        .isTrue();
    assertThat(jdbi.<Boolean, RuntimeException>withHandle(h -> store.claim(h, row, until)))
        .isFalse();

    fixture.clock.advance(Duration.ofMinutes(4));
    assertThat(fixture.schedule.checkDue()).isZero();
    fixture.clock.advance(Duration.ofMinutes(1));
    assertThat(fixture.schedule.checkDue()).isEqualTo(1);
  }

  @Test
  void needsTheTrackingHostOnceItIsSet() {
    UUID id = fixture.addVerified("a.test").id();
    domains.update(id, new DomainChange(null, null, "go", null));
    check(Duration.ofHours(2));
    assertThat(fixture.status(id)).isEqualTo(DomainStatus.TEMPORARY_FAILURE);

    fixture.zone.cname("go.a.test", "track.relay.example");
    assertThat(domains.verifyNow(id).orElseThrow().status()).isEqualTo(DomainStatus.VERIFIED);
    assertThat(domains.covering(DomainName.of("a.test")).orElseThrow().status())
        .isEqualTo(DomainStatus.VERIFIED);
  }

  @Test
  void registersANameOnceAtATime() throws InterruptedException {
    Domains other = fixture.anotherNode(DomainsFixture.masterKey(7));
    List<AddOutcome> outcomes = Collections.synchronizedList(new ArrayList<>());
    Thread first =
        Thread.ofVirtual().start(() -> outcomes.add(domains.add(DomainsFixture.request("a.test"))));
    Thread second =
        Thread.ofVirtual().start(() -> outcomes.add(other.add(DomainsFixture.request("a.test"))));
    first.join();
    second.join();

    assertThat(outcomes).hasSize(2);
    assertThat(outcomes).filteredOn(AddOutcome.Added.class::isInstance).hasSize(1);
    assertThat(outcomes).filteredOn(AddOutcome.AlreadyRegistered.class::isInstance).hasSize(1);
    assertThat(domains.remove(domains.list().getFirst().id())).isTrue();
    assertThat(fixture.add("a.test").status()).isEqualTo(DomainStatus.NOT_STARTED);
  }

  private void checkHourly(int hours) {
    for (int hour = 0; hour < hours; hour++) {
      fixture.clock.advance(Duration.ofHours(1));
      fixture.schedule.checkDue();
    }
  }

  private void check(Duration later) {
    fixture.clock.advance(later);
    assertThat(fixture.schedule.checkDue()).isPositive();
  }

  private List<DnsRecord.Status> statuses(UUID id) {
    return domains.records(id).stream().map(DnsRecord::status).toList();
  }

  private double gauge(String domain, String status) {
    return fixture
        .meters
        .get("waybill.domain.status")
        .tags("domain", domain, "status", status)
        .gauge()
        .value();
  }
}

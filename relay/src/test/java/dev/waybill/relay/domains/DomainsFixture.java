package dev.waybill.relay.domains;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.clock.TimeOrderedIds;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.keyring.KeyWish;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.storage.Sealing;
import dev.waybill.relay.testing.MovableClock;
import dev.waybill.relay.testing.ZoneInMemory;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.random.RandomGenerator;

/// Domains on a real database, with a DNS and a clock in the test's hands.
final class DomainsFixture implements AutoCloseable {
  static final RecordPlanSettings PLAN =
      new RecordPlanSettings(
          DomainName.of("mx.relay.example"),
          List.of("ip4:192.0.2.1", "ip6:2001:db8::/48"),
          DomainName.of("track.relay.example"));

  final Database database;
  final MovableClock clock = MovableClock.standing();
  final ZoneInMemory zone = new ZoneInMemory();
  final List<Event> events = Collections.synchronizedList(new ArrayList<>());
  final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private int nodes;
  final Domains domains;
  final VerificationSchedule schedule;

  private DomainsFixture(Database database) {
    this.database = database;
    this.domains = anotherNode(masterKey(7));
    this.schedule = domains.schedule();
  }

  static DomainsFixture open(Path folder) {
    return open(new DatabaseSettings("jdbc:h2:file:" + folder.resolve("db"), "sa", "", 4));
  }

  static DomainsFixture open(DatabaseSettings settings) {
    return new DomainsFixture(Database.open(settings));
  }

  static byte[] masterKey(int seed) {
    byte[] key = new byte[32];
    Arrays.fill(key, (byte) seed);
    return key;
  }

  /// A second relay on the same database.
  Domains anotherNode(byte[] masterKey) {
    return anotherNode(masterKey, List.of());
  }

  Domains anotherNode(byte[] masterKey, List<byte[]> older) {
    RandomGenerator random = new Random(42 + nodes++);
    return Domains.open(
        database,
        new Sealing(masterKey, older),
        PLAN,
        VerificationSettings.defaults(),
        zone,
        new Domains.Surroundings(
            clock,
            new TimeOrderedIds(clock, random),
            random,
            (_, appended) -> events.addAll(appended),
            meters));
  }

  static NewDomain request(String name) {
    return new NewDomain(name, null, false, false, null, false, KeyWish.USUAL, false);
  }

  SendingDomain add(String name) {
    return add(request(name));
  }

  SendingDomain add(NewDomain request) {
    AddOutcome outcome = domains.add(request);
    assertThat(outcome).isInstanceOf(AddOutcome.Added.class);
    return ((AddOutcome.Added) outcome).domain();
  }

  /// A domain whose records are published and found.
  SendingDomain addVerified(String name) {
    SendingDomain domain = add(name);
    zone.publish(domains.records(domain.id()));
    assertThat(domains.verifyNow(domain.id()).orElseThrow().status())
        .isEqualTo(DomainStatus.VERIFIED);
    return domain;
  }

  DomainStatus status(UUID id) {
    return domains.byId(id).orElseThrow().status();
  }

  DnsRecord record(UUID id, String type, String relativeName) {
    return domains.records(id).stream()
        .filter(each -> each.type().equals(type) && each.relativeName().equals(relativeName))
        .findFirst()
        .orElseThrow();
  }

  @Override
  public void close() {
    database.close();
  }
}

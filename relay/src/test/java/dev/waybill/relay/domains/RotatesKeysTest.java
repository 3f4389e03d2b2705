package dev.waybill.relay.domains;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.relay.dkim.DkimKeys;
import dev.waybill.relay.dkim.DkimRecord;
import dev.waybill.relay.dkim.SigningKey;
import dev.waybill.relay.dkim.SigningKey.Algorithm;
import dev.waybill.relay.domains.Rotation.Phase;
import dev.waybill.relay.keyring.DomainKey;
import dev.waybill.relay.keyring.DomainKey.Role;
import dev.waybill.relay.keyring.KeyWish;
import dev.waybill.relay.keyring.Keyring;
import dev.waybill.relay.storage.StorageException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RotatesKeysTest {
  @TempDir Path folder;

  private DomainsFixture fixture;
  private Domains domains;
  private Rotation rotation;

  @BeforeEach
  void open() {
    fixture = DomainsFixture.open(folder);
    domains = fixture.domains;
    rotation = domains.rotation();
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void switchesAtOnceToAStandbyKeyThatIsPublished() {
    SendingDomain domain = fixture.addVerified("a.test");

    Rotation.State state = rotation.begin(domain, KeyWish.USUAL).orElseThrow();

    assertThat(state.phase()).isEqualTo(Phase.SWITCHED);
    assertThat(state.active()).isEqualTo("wb2");
    assertThat(state.next()).isEqualTo("wb3");
    assertThat(state.explanation())
        .contains("wb2 signs from now on")
        .contains("Keep wb1._domainkey.a.test in the DNS until")
        .contains("publish wb3._domainkey.a.test");
    assertThat(selectors(domain)).containsExactly("wb2");
    assertThat(roles(domain)).containsExactly("wb2 active", "wb3 standby", "wb1 retiring");
    assertThat(fixture.record(domain.id(), "TXT", "wb2._domainkey").required()).isTrue();
    assertThat(fixture.record(domain.id(), "TXT", "wb1._domainkey").required()).isFalse();
    assertThat(fixture.record(domain.id(), "TXT", "wb1._domainkey").explanation())
        .contains("It signs no more; keep the record until");
    assertThat(domains.history(domain.id(), null, 10))
        .extracting(StatusChange::reason)
        .anyMatch(reason -> reason.contains("wb2 signs from now on"));
    assertThat(fixture.status(domain.id())).isEqualTo(DomainStatus.VERIFIED);
  }

  @Test
  void waitsForAStandbyKeyThatIsNotAndLooksSoon() {
    SendingDomain domain = fixture.addVerified("a.test");
    fixture.zone.remove("wb2._domainkey.a.test");

    Rotation.State state = rotation.begin(domain, KeyWish.USUAL).orElseThrow();
    assertThat(state.phase()).isEqualTo(Phase.WAITING);
    assertThat(state.active()).isEqualTo("wb1");
    assertThat(state.next()).isEqualTo("wb2");
    assertThat(state.explanation()).contains("There is no TXT record at wb2._domainkey.a.test");
    assertThat(selectors(domain)).containsExactly("wb1");
    fixture.clock.advance(Duration.ofMinutes(2));
    assertThat(fixture.schedule.checkDue()).isEqualTo(1);
    assertThat(rotation.state(domain).phase()).isEqualTo(Phase.WAITING);

    publish(domain, "wb2._domainkey");
    fixture.clock.advance(Duration.ofMinutes(3));
    assertThat(fixture.schedule.checkDue()).isEqualTo(1);

    assertThat(selectors(domain)).containsExactly("wb2");
    assertThat(rotation.state(domain).phase()).isEqualTo(Phase.NONE);
  }

  /// A receiver may remember for hours that a name had no record.
  @Test
  void waitsUntilReceiversSeeTheKeyToo() {
    SendingDomain domain = fixture.addVerified("a.test");
    fixture.zone.rememberNone("wb2._domainkey.a.test", true);

    assertThat(rotation.begin(domain, KeyWish.USUAL).orElseThrow().phase())
        .isEqualTo(Phase.WAITING);
    assertThat(selectors(domain)).containsExactly("wb1");

    fixture.zone.rememberNone("wb2._domainkey.a.test", false);
    fixture.clock.advance(Duration.ofMinutes(2));
    fixture.schedule.checkDue();
    assertThat(selectors(domain)).containsExactly("wb2");
  }

  @Test
  void givesUpWaiting() {
    SendingDomain domain = fixture.addVerified("a.test");
    fixture.zone.remove("wb2._domainkey.a.test");
    rotation.begin(domain, KeyWish.USUAL);

    assertThat(rotation.giveUp(domain).phase()).isEqualTo(Phase.NONE);

    publish(domain, "wb2._domainkey");
    domains.verifyNow(domain.id());
    assertThat(selectors(domain)).containsExactly("wb1");
  }

  @Test
  void rotatesToALongerKeyAndStaysWithThatLength() {
    SendingDomain domain = fixture.addVerified("a.test");

    KeyWish longer = new KeyWish(Algorithm.RSA_SHA256, 3072, null, null);
    assertThat(rotation.begin(domain, longer).orElseThrow().phase()).isEqualTo(Phase.WAITING);
    assertThat(roles(domain)).containsExactly("wb1 active", "wb3 standby", "wb2 retired");
    publish(domain, "wb3._domainkey");
    domains.verifyNow(domain.id());

    assertThat(selectors(domain)).containsExactly("wb3");
    assertThat(rotation.keys(domain.id()))
        .filteredOn(key -> key.role() == Role.ACTIVE || key.role() == Role.STANDBY)
        .extracting(Keyring::bits)
        .containsExactly(3072, 3072);
    assertThatThrownBy(
            () -> rotation.begin(domain, new KeyWish(Algorithm.RSA_SHA256, 1000, null, null)))
        .hasMessageContaining("dkim_rsa_bits: 1000");
    assertThatThrownBy(
            () -> rotation.begin(domain, new KeyWish(Algorithm.RSA_SHA256, null, null, "wb1")))
        .hasMessageContaining("never used");
  }

  @Test
  void destroysTheOldKeyWhenTheLongestRetryIsOver() {
    SendingDomain domain = fixture.addVerified("a.test");
    rotation.begin(domain, KeyWish.USUAL);
    DomainKey old = byRole(domain, Role.RETIRING);
    assertThat(old.removableAt()).isEqualTo(fixture.clock.instant().plus(Duration.ofDays(5)));

    fixture.clock.advance(Duration.ofDays(5).minusSeconds(1));
    fixture.schedule.checkDue();
    assertThat(byRole(domain, Role.RETIRING).sealed()).isNotEmpty();
    fixture.clock.advance(Duration.ofSeconds(2));
    fixture.schedule.checkDue();

    assertThat(byRole(domain, Role.RETIRED).selector()).isEqualTo("wb1");
    assertThat(byRole(domain, Role.RETIRED).sealed()).isEmpty();
    assertThat(domains.records(domain.id()))
        .extracting(DnsRecord::relativeName)
        .doesNotContain("wb1._domainkey");
    assertThat(domains.history(domain.id(), null, 1).getFirst().reason())
        .isEqualTo("the key wb1 is destroyed: its record may leave the DNS");
  }

  @Test
  void signsWithEd25519TooFromWhenItIsSeenUntilItIsGone() {
    SendingDomain domain = fixture.addVerified("a.test");
    rotation.useEd25519(domain, true);
    rotation.useEd25519(domain, true);
    assertThat(selectors(domain)).containsExactly("wb1");
    DnsRecord record = fixture.record(domain.id(), "TXT", "wbe1._domainkey");
    assertThat(record.required()).isFalse();
    assertThat(record.value()).startsWith("v=DKIM1; k=ed25519; p=");

    fixture.zone.publish(List.of(record));
    domains.verifyNow(domain.id());
    assertThat(selectors(domain)).containsExactly("wb1", "wbe1");

    fixture.zone.silent(true);
    domains.verifyNow(domain.id());
    assertThat(selectors(domain)).containsExactly("wb1", "wbe1");
    fixture.zone.silent(false);
    fixture.zone.remove("wbe1._domainkey.a.test");
    domains.verifyNow(domain.id());
    assertThat(selectors(domain)).containsExactly("wb1");

    fixture.zone.publish(List.of(record));
    domains.verifyNow(domain.id());
    assertThat(rotation.begin(domain, KeyWish.ED25519).orElseThrow().phase())
        .isEqualTo(Phase.WAITING);
    rotation.useEd25519(domain, false);
    assertThat(selectors(domain)).containsExactly("wb1");
    assertThat(roles(domain)).contains("wbe1 retiring", "wbe2 retired");
  }

  @Test
  void registersWithAllKindsOfKeys() {
    KeyWish wish = new KeyWish(Algorithm.RSA_SHA256, 3072, null, null);
    SendingDomain domain =
        fixture.add(new NewDomain("a.test", null, false, false, null, false, wish, true));

    assertThat(roles(domain)).containsExactly("wb1 active", "wb2 standby", "wbe1 standby");
    assertThat(rotation.keys(domain.id()))
        .extracting(Keyring::bits)
        .containsExactly(3072, 3072, 256);
    fixture.zone.publish(domains.records(domain.id()));
    domains.verifyNow(domain.id());
    assertThat(fixture.status(domain.id())).isEqualTo(DomainStatus.VERIFIED);
    List<SigningKey> keys = domains.signingKeys(domain.id());
    assertThat(keys).extracting(SigningKey::selector).containsExactly("wb1", "wbe1");
    assertThat(DkimRecord.of(DkimKeys.publicKey(keys.getFirst().privateKey())).text())
        .isEqualTo(fixture.record(domain.id(), "TXT", "wb1._domainkey").value());
  }

  @Test
  void anotherNodeSignsWithTheNewKeyAfterItsNextRefresh() {
    Domains other = fixture.anotherNode(DomainsFixture.masterKey(7));
    SendingDomain domain = fixture.addVerified("a.test");
    other.refresh();

    rotation.begin(domain, KeyWish.USUAL);
    assertThat(other.signingKeys(domain.id()).getFirst().selector()).isEqualTo("wb1");
    other.refresh();
    assertThat(other.signingKeys(domain.id()).getFirst().selector()).isEqualTo("wb2");
  }

  @Test
  void aCheckThatBeganBeforeARotationDecidesNothing() {
    SendingDomain domain = fixture.addVerified("a.test");
    UUID id = domain.id();
    fixture.zone.beforeNextAnswer(() -> rotation.begin(domain, KeyWish.USUAL));

    domains.verifyNow(id);

    assertThat(selectors(domain)).containsExactly("wb2");
    assertThat(fixture.record(id, "TXT", "wb2._domainkey").status())
        .isEqualTo(DnsRecord.Status.VERIFIED);
  }

  @Test
  void sealsEverythingAfreshUnderANewMasterKey() {
    SendingDomain domain = fixture.addVerified("a.test");
    SigningKey key = domains.signingKeys(domain.id()).getFirst();
    byte[] old = DomainsFixture.masterKey(7);
    byte[] fresh = DomainsFixture.masterKey(8);

    Domains between = fixture.anotherNode(fresh, List.of(old));
    assertThat(between.signingKeys(domain.id())).containsExactly(key);
    Domains after = fixture.anotherNode(fresh);
    assertThat(after.signingKeys(domain.id())).containsExactly(key);
    assertThatThrownBy(() -> fixture.anotherNode(old)).isInstanceOf(StorageException.class);
    // a node that goes on with what it opened before
    assertThat(domains.signingKeys(domain.id())).containsExactly(key);
  }

  @Test
  void tellsWhatHappenedToADomainEvenAfterItsRemoval() {
    SendingDomain domain = fixture.add("a.test");
    fixture.zone.publish(domains.records(domain.id()));
    fixture.clock.advance(Duration.ofMinutes(2));
    fixture.schedule.checkDue();
    fixture.clock.advance(Duration.ofSeconds(1));
    domains.enable(domain.id(), false);
    fixture.clock.advance(Duration.ofSeconds(1));
    domains.remove(domain.id());

    List<StatusChange> history = domains.history(domain.id(), null, 100);
    assertThat(history)
        .extracting(StatusChange::reason)
        .containsExactly(
            "removed", "disabled by the operator", "every required record was found", "registered");
    assertThat(history.get(1).status()).isEqualTo(DomainStatus.DISABLED);
    assertThat(history.get(1).previous()).isEqualTo(DomainStatus.VERIFIED);
    assertThat(domains.history(domain.id(), history.get(1).id(), 1))
        .containsExactly(history.get(2));
    assertThat(domains.removedAt(domain.id())).contains(fixture.clock.instant());
    assertThat(domains.listEver()).extracting(SendingDomain::id).containsExactly(domain.id());
    assertThat(domains.list()).isEmpty();
  }

  @Test
  void forgetsTheOldestOfAThousandChanges() {
    SendingDomain domain = fixture.add("a.test");
    for (int i = 0; i < 520; i++) {
      domains.enable(domain.id(), false);
      domains.enable(domain.id(), true);
    }
    assertThat(domains.history(domain.id(), null, 2_000)).hasSize(1_000);
  }

  private void publish(SendingDomain domain, String relativeName) {
    fixture.zone.publish(List.of(fixture.record(domain.id(), "TXT", relativeName)));
  }

  private DomainKey byRole(SendingDomain domain, Role role) {
    return rotation.keys(domain.id()).stream()
        .filter(key -> key.role() == role)
        .findFirst()
        .orElseThrow();
  }

  private List<String> roles(SendingDomain domain) {
    return rotation.keys(domain.id()).stream()
        .map(key -> key.selector() + " " + key.role().text())
        .toList();
  }

  private List<String> selectors(SendingDomain domain) {
    return domains.signingKeys(domain.id()).stream().map(SigningKey::selector).toList();
  }
}

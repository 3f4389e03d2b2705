package dev.waybill.relay.domains;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.relay.dkim.DkimKeys;
import dev.waybill.relay.dkim.DkimRecord;
import dev.waybill.relay.dkim.SigningKey;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.keyring.KeyWish;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.storage.StorageException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyPair;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class RegistersDomainsTest {
  @TempDir Path folder;
  private DomainsFixture fixture;
  private Domains domains;

  @BeforeEach
  void open() {
    fixture = DomainsFixture.open(folder);
    domains = fixture.domains;
  }

  @AfterEach
  void close() {
    fixture.close();
  }

  @Test
  void registersUnderTheCanonicalNameWithItsEvent() {
    SendingDomain domain = fixture.add("Bücher.Example.");

    assertThat(domain.name().value()).isEqualTo("xn--bcher-kva.example");
    assertThat(domain.returnPathDomain().value()).isEqualTo("send.xn--bcher-kva.example");
    assertThat(domain.status()).isEqualTo(DomainStatus.NOT_STARTED);
    assertThat(domains.byName(domain.name())).contains(domain);
    assertThat(domains.list()).containsExactly(domain);
    assertThat(fixture.events).hasSize(1);
    assertThat(fixture.events.getFirst().type()).isEqualTo(EventType.DOMAIN_CREATED);
    assertThat(fixture.events.getFirst().domain()).isEqualTo("xn--bcher-kva.example");
    assertThat(domains.add(DomainsFixture.request("XN--BCHER-KVA.example")))
        .isEqualTo(new AddOutcome.AlreadyRegistered(domain));
  }

  @Test
  void plansTheRecordsOfTheContract() {
    SendingDomain domain =
        fixture.add(
            new NewDomain(
                "example.com", "bounce-1", false, false, "Links", true, KeyWish.USUAL, false));

    List<String> plan = new ArrayList<>();
    for (DnsRecord record : domains.records(domain.id())) {
      assertThat(record.status()).isEqualTo(DnsRecord.Status.NOT_STARTED);
      assertThat(record.explanation()).isNotBlank();
      plan.add(
          "%s %s %s %s %s %s"
              .formatted(
                  record.purpose(),
                  record.type(),
                  record.name(),
                  record.priority(),
                  record.required() ? "required" : "optional",
                  record.value().replaceAll("p=MII.*", "p=MII…")));
    }
    assertThat(plan)
        .containsExactly(
            "SPF MX bounce-1.example.com 10 required mx.relay.example",
            "SPF TXT bounce-1.example.com null required"
                + " v=spf1 ip4:192.0.2.1 ip6:2001:db8::/48 ~all",
            "DKIM TXT wb1._domainkey.example.com null required v=DKIM1; k=rsa; p=MII…",
            "DKIM TXT wb2._domainkey.example.com null optional v=DKIM1; k=rsa; p=MII…",
            "DMARC TXT _dmarc.example.com null optional"
                + " v=DMARC1; p=none; rua=mailto:dmarc@bounce-1.example.com",
            "Tracking CNAME links.example.com null required track.relay.example");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "co.uk",
        "com",
        "github.io",
        "example",
        "localhost",
        "relay.localhost",
        "printer.local",
        "192.0.2.1",
        "[192.0.2.1]",
        "2.0.192.in-addr.arpa",
        "_dmarc.example.com",
        "exa mple.com",
        "-example.com",
        "example..com",
        "",
        "."
      })
  void refusesWhatIsNoMailDomain(String name) {
    assertThat(domains.add(DomainsFixture.request(name)))
        .isInstanceOfSatisfying(
            AddOutcome.Invalid.class,
            invalid ->
                assertThat(invalid.problem())
                    .startsWith("name: \"" + name + "\"")
                    .contains("(expected: "));
    assertThat(domains.list()).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"sandbox.example", "a.test", "mail.shop.co.uk", "shop.github.io"})
  void acceptsNamesBelowASuffixAndBelowTestTops(String name) {
    assertThat(fixture.add(name).name().value()).isEqualTo(name);
  }

  @ParameterizedTest
  @CsvSource({
    "1send, custom_return_path",
    "send-, custom_return_path",
    "-send, custom_return_path",
    "a.b, custom_return_path",
    "se_nd, custom_return_path",
    "'', custom_return_path",
    "abcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcdefghijabcd, custom_return_path",
  })
  void refusesReturnPathLabelsThatBreakTheRule(String label, String field) {
    assertThat(
            domains.add(
                new NewDomain("a.test", label, false, false, null, false, KeyWish.USUAL, false)))
        .isInstanceOfSatisfying(
            AddOutcome.Invalid.class,
            invalid -> assertThat(invalid.problem()).startsWith(field).contains(label));
  }

  @Test
  void refusesATrackingHostAtTheReturnPath() {
    assertThat(
            domains.add(
                new NewDomain("a.test", "go", true, true, "GO", false, KeyWish.USUAL, false)))
        .isInstanceOf(AddOutcome.Invalid.class);
    SendingDomain domain = fixture.add("a.test");
    assertThatThrownBy(
            () -> domains.update(domain.id(), new DomainChange(null, null, "send", null)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("tracking_subdomain: \"send\"");
  }

  @Test
  void coversSubdomainsAtLabelBoundariesOnly() {
    SendingDomain parent = fixture.add("example.com");
    SendingDomain child = fixture.add("shop.example.com");

    assertThat(domains.covering(DomainName.of("example.com"))).contains(parent);
    assertThat(domains.covering(DomainName.of("a.b.example.com"))).contains(parent);
    assertThat(domains.covering(DomainName.of("eu.shop.example.com"))).contains(child);
    assertThat(domains.covering(DomainName.of("notshop.example.com"))).contains(parent);
    assertThat(domains.covering(DomainName.of("notexample.com"))).isEmpty();
    assertThat(domains.covering(DomainName.of("example.com.evil.test"))).isEmpty();
    assertThat(domains.covering(DomainName.of("com"))).isEmpty();
  }

  @Test
  void updatesOnlyWhatTheChangeNames() {
    SendingDomain before = fixture.add("a.test");

    SendingDomain after =
        domains.update(before.id(), new DomainChange(true, null, "go", null)).orElseThrow();

    assertThat(after.openTracking()).isTrue();
    assertThat(after.clickTracking()).isFalse();
    assertThat(after.trackingSubdomain()).isEqualTo("go");
    assertThat(domains.byId(before.id())).contains(after);
    assertThat(fixture.events.getLast().type()).isEqualTo(EventType.DOMAIN_UPDATED);
    int told = fixture.events.size();
    assertThat(domains.update(before.id(), new DomainChange(true, null, null, null)))
        .contains(after);
    assertThat(fixture.events).hasSize(told);
    assertThat(domains.update(before.id(), new DomainChange(null, null, "", null)).orElseThrow())
        .extracting(SendingDomain::trackingSubdomain)
        .isNull();
    assertThat(domains.update(UUID.randomUUID(), new DomainChange(true, null, null, null)))
        .isEmpty();
  }

  @Test
  void keepsARemovedDomainsKeysAndFreesItsName() {
    SendingDomain removed = fixture.add("a.test");
    SigningKey key = domains.signingKeys(removed.id()).getFirst();

    assertThat(domains.remove(removed.id())).isTrue();

    assertThat(domains.covering(removed.name())).isEmpty();
    assertThat(domains.byName(removed.name())).isEmpty();
    assertThat(domains.list()).isEmpty();
    assertThat(domains.byId(removed.id())).contains(removed);
    assertThat(domains.signingKeys(removed.id())).containsExactly(key);
    assertThat(domains.remove(removed.id())).isFalse();
    assertThat(domains.verifyNow(removed.id())).isEmpty();
    assertThat(fixture.events.getLast().type()).isEqualTo(EventType.DOMAIN_DELETED);

    SendingDomain again = fixture.add("a.test");
    assertThat(again.id()).isNotEqualTo(removed.id());
    assertThat(domains.byName(removed.name())).contains(again);
    assertThat(domains.signingKeys(again.id()).getFirst().privateKey())
        .isNotEqualTo(key.privateKey());
  }

  @Test
  void signsWithTheKeyThatItShows() {
    SendingDomain domain = fixture.add("a.test");

    List<SigningKey> keys = domains.signingKeys(domain.id());

    assertThat(keys).extracting(SigningKey::selector).containsExactly("wb1");
    String shown = fixture.record(domain.id(), "TXT", "wb1._domainkey").value();
    assertThat(DkimRecord.of(DkimKeys.publicKey(keys.getFirst().privateKey())).text())
        .isEqualTo(shown);
  }

  @Test
  void takesOverAKeyFromPem() {
    KeyPair pair = DkimKeys.generateRsa();
    SendingDomain domain =
        fixture.add(
            new NewDomain(
                "a.test", null, false, false, null, false, imported(pem(pair), "S2048"), false));

    assertThat(domains.signingKeys(domain.id()).getFirst())
        .isEqualTo(new SigningKey("s2048", SigningKey.Algorithm.RSA_SHA256, pair.getPrivate()));
    assertThat(fixture.record(domain.id(), "TXT", "s2048._domainkey").value())
        .isEqualTo(DkimRecord.of(pair.getPublic()).text());
    assertThat(fixture.record(domain.id(), "TXT", "wb2._domainkey").required()).isFalse();
  }

  @Test
  void refusesWhatIsNoPrivateKey() {
    assertThat(
            domains.add(
                new NewDomain(
                    "a.test", null, false, false, null, false, imported("not a key", null), false)))
        .isInstanceOfSatisfying(
            AddOutcome.Invalid.class,
            invalid -> assertThat(invalid.problem()).startsWith("dkim_private_key: "));
    assertThat(domains.byName(DomainName.of("a.test"))).isEmpty();
  }

  @Test
  void leavesNoPrivateKeyInTheDatabase() throws IOException {
    KeyPair pair = DkimKeys.generateRsa();
    fixture.add(
        new NewDomain("a.test", null, false, false, null, false, imported(pem(pair), null), false));
    String published = DkimRecord.of(pair.getPublic()).text();
    fixture.close();

    String file =
        new String(Files.readAllBytes(folder.resolve("db.mv.db")), StandardCharsets.ISO_8859_1);
    assertThat(file).contains(published.substring(20, 80));
    byte[] secret = pair.getPrivate().getEncoded();
    // from its middle: both halves begin with the same modulus
    byte[] middle = Arrays.copyOfRange(secret, secret.length / 2, secret.length - 60);
    assertThat(file)
        .doesNotContain(new String(middle, 0, 30, StandardCharsets.ISO_8859_1))
        .doesNotContain("PRIVATE KEY");
    for (int shift = 0; shift < 3; shift++) {
      byte[] shifted = Arrays.copyOfRange(middle, shift, shift + 30);
      assertThat(file).doesNotContain(Base64.getEncoder().encodeToString(shifted));
    }
  }

  @Test
  void doesNotOpenKeysWithAnotherMasterKey() {
    fixture.add("a.test");

    assertThatThrownBy(() -> fixture.anotherNode(DomainsFixture.masterKey(8)))
        .isInstanceOf(StorageException.class)
        .hasMessageContaining("secrets.master-key");
  }

  @Test
  void followsChangesOfAnotherNode() {
    Domains other = fixture.anotherNode(DomainsFixture.masterKey(7));
    SendingDomain domain = fixture.add("a.test");

    assertThat(other.byId(domain.id())).isEmpty();
    assertThat(other.add(DomainsFixture.request("a.test")))
        .isEqualTo(new AddOutcome.AlreadyRegistered(domain));
    domains.remove(domain.id());
    other.refresh();
    assertThat(other.byName(domain.name())).isEmpty();
    assertThat(other.byId(domain.id())).contains(domain);
  }

  @Test
  void readsEverythingBackAfterARestart() {
    fixture.clock.advance(Duration.ofSeconds(1));
    SendingDomain domain =
        fixture.add(new NewDomain("a.test", "out", true, false, "go", true, KeyWish.USUAL, false));
    SigningKey key = domains.signingKeys(domain.id()).getFirst();
    fixture.close();

    try (DomainsFixture restarted = DomainsFixture.open(folder)) {
      assertThat(restarted.domains.list()).containsExactly(domain);
      assertThat(restarted.domains.signingKeys(domain.id())).containsExactly(key);
    }
  }

  private static KeyWish imported(String pem, @Nullable String selector) {
    return new KeyWish(SigningKey.Algorithm.RSA_SHA256, null, pem, selector);
  }

  private static String pem(KeyPair pair) {
    return "-----BEGIN PRIVATE KEY-----\n"
        + Base64.getMimeEncoder().encodeToString(pair.getPrivate().getEncoded())
        + "\n-----END PRIVATE KEY-----\n";
  }
}

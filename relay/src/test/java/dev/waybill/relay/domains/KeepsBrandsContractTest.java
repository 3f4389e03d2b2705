package dev.waybill.relay.domains;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.relay.brand.Brand;
import dev.waybill.relay.brand.BrandWish;
import dev.waybill.relay.brand.Logo;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.keyring.KeyWish;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.Pictures;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What both databases must do.
abstract class KeepsBrandsContractTest {
  private static final byte[] PNG = Pictures.of("png", 120, 40);
  private static final byte[] GIF = Pictures.of("gif", 7, 5);

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
  void registersADomainWithAllOfIt() {
    String name = "👋".repeat(100);
    String footer = "字".repeat(249) + "\n" + "👋".repeat(250);
    SendingDomain domain = add(new BrandWish(name, footer, PNG));

    assertThat(domain.brand().displayName()).isEqualTo(name);
    assertThat(domain.brand().unsubscribeFooter()).isEqualTo(footer);
    Logo logo = logo(domain);
    assertThat(domains.picture(domain.id(), logo)).hasValue(PNG);
    Domains other = fixture.anotherNode(DomainsFixture.masterKey(7));
    assertThat(other.byId(domain.id())).contains(domain);
    assertThat(other.picture(domain.id(), logo)).hasValue(PNG);
  }

  @Test
  void changesAndTakesAwayEachByItself() {
    UUID id = fixture.add("a.test").id();
    assertThat(fixture.domains.byId(id).orElseThrow().brand()).isEqualTo(Brand.NONE);

    SendingDomain named = update(id, new BrandWish("Müller", "Bye", PNG));
    Logo png = logo(named);
    assertThat(fixture.events.getLast().type()).isEqualTo(EventType.DOMAIN_UPDATED);
    int told = fixture.events.size();
    assertThat(update(id, new BrandWish("Müller", null, PNG))).isEqualTo(named);
    assertThat(fixture.events).hasSize(told);

    SendingDomain gif = update(id, new BrandWish(null, null, GIF));
    assertThat(gif.brand().displayName()).isEqualTo("Müller");
    assertThat(domains.picture(id, logo(gif))).hasValue(GIF);
    assertThat(domains.picture(id, png)).isEmpty();

    SendingDomain bare = update(id, new BrandWish("", null, new byte[0]));
    assertThat(bare.brand()).isEqualTo(new Brand(null, "Bye", null));
    assertThat(domains.picture(id, logo(gif))).isEmpty();
  }

  @Test
  void keepsItThroughVerificationAndRemoval() {
    SendingDomain domain = add(new BrandWish("Müller", "Bye", PNG));
    fixture.zone.publish(domains.records(domain.id()));
    assertThat(domains.verifyNow(domain.id()).orElseThrow().brand()).isEqualTo(domain.brand());
    domains.enable(domain.id(), false);
    domains.update(domain.id(), new DomainChange(true, null, null, null));
    assertThat(domains.remove(domain.id())).isTrue();

    assertThat(domains.byId(domain.id()).orElseThrow().brand()).isEqualTo(domain.brand());
    assertThat(domains.picture(domain.id(), logo(domain))).hasValue(PNG);
    SendingDomain again = fixture.add("a.test");
    assertThat(again.brand()).isEqualTo(Brand.NONE);
    assertThat(domains.picture(again.id(), logo(domain))).isEmpty();
  }

  @Test
  void refusesWhatDoesNotFitAndChangesNothing() {
    AddOutcome outcome =
        domains.add(request(new BrandWish(null, null, new byte[] {'<', 's', 'v', 'g', '>'})));
    assertThat(outcome)
        .isInstanceOfSatisfying(
            AddOutcome.Invalid.class,
            invalid -> assertThat(invalid.problem()).startsWith("logo: no picture"));
    assertThat(domains.list()).isEmpty();

    SendingDomain domain = fixture.add("a.test");
    assertThatThrownBy(() -> update(domain.id(), new BrandWish("x".repeat(101), "Bye", null)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageStartingWith("display_name: ");
    assertThat(domains.byId(domain.id())).contains(domain);
  }

  private SendingDomain add(BrandWish wish) {
    return fixture.add(request(wish));
  }

  private SendingDomain update(UUID id, BrandWish wish) {
    return domains.update(id, new DomainChange(null, null, null, null, wish)).orElseThrow();
  }

  private static NewDomain request(BrandWish wish) {
    return new NewDomain("a.test", null, false, false, null, false, KeyWish.USUAL, false, wish);
  }

  private static Logo logo(SendingDomain domain) {
    @Nullable Logo logo = domain.brand().logo();
    return Objects.requireNonNull(logo);
  }
}

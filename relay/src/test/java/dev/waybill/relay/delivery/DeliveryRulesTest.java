package dev.waybill.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.relay.dns.Mx;
import dev.waybill.relay.routes.RouteTable;
import dev.waybill.relay.shaping.Shaping;
import dev.waybill.relay.smtp.ClientTimeouts;
import dev.waybill.relay.smtp.IpNetwork;
import dev.waybill.relay.sources.SourcePools;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The rules that need no network.
class DeliveryRulesTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "127.0.0.1",
        "10.1.2.3",
        "172.20.0.1",
        "192.168.1.1",
        "169.254.169.254",
        "100.64.0.1",
        "0.0.0.0",
        "224.0.0.1",
        "255.255.255.255",
        "198.18.0.1",
        "::",
        "::1",
        "::10.0.0.1",
        "fd00::1",
        "fe80::1",
        "ff02::1",
        "fec0::1",
        "2002:7f00:1::",
        "64:ff9b::a00:1",
        "64:ff9b:1::1",
        "::ffff:127.0.0.1",
        "2001::1"
      })
  void callsOnNoClosedAddressUnlessAllowed(String address) {
    InetAddress literal = InetAddress.ofLiteral(address);
    assertThat(new AddressPolicy(List.of()).permits(literal)).isFalse();
    IpNetwork own = new IpNetwork(literal, literal.getAddress().length * 8);
    assertThat(new AddressPolicy(List.of(own)).permits(literal)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "8.8.8.8",
        "172.32.0.1",
        "100.128.0.1",
        "2a00:1450::1a",
        "2002:808:808::",
        "64:ff9b::808:808"
      })
  void callsOnPublicAddresses(String address) {
    assertThat(new AddressPolicy(List.of()).permits(InetAddress.ofLiteral(address))).isTrue();
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          450 4.7.1 Greylisted, see http://x.example/ and come back in 5 minutes | -
          450 4.2.0 Greylisted for 300 seconds | PT5M
          451 4.7.1 Please try again in 00:04:35 | PT4M35S
          451 4.3.0 try again later, wait 1 hour | PT1H
          450 retry in 90s please | PT1M30S
          450 try again in 900000 hours | PT4H
          450 try again in 0 seconds | -
          451 4.7.0 try again later | -
          421 4.7.0 [192.0.2.1] too many connections | -
          """)
  void readsHowLongAHostWantsToBeLeftAlone(String reply, String wait) {
    assertThat(RetryHint.in(reply))
        .isEqualTo(wait.equals("-") ? Optional.empty() : Optional.of(Duration.parse(wait)));
  }

  @Test
  void ordersHostsByPreferenceAndEqualOnesByChance() {
    MxPlan plan =
        new MxPlan(List.of(new Mx(20, "c"), new Mx(10, "a"), new Mx(10, "b"), new Mx(30, "a")));
    Set<List<String>> seen = new HashSet<>();
    Random random = new Random(7);
    for (int i = 0; i < 50; i++) {
      seen.add(plan.hosts(random));
    }
    assertThat(seen).containsExactlyInAnyOrder(List.of("a", "b", "c"), List.of("b", "a", "c"));
  }

  @Test
  void doublesAnOutageAndForgetsItAtTheFirstAnswer() {
    AtomicLong now = new AtomicLong();
    Outages outages = new Outages(now::get);
    SiteKey site = new SiteKey(List.of("mx.a.example"));
    long[] seconds = {30, 60, 120, 240, 480, 600, 600};
    for (long length : seconds) {
      outages.failed(site, "down");
      outages.failed(site, "still down");
      assertThat(outages.current(site).map(Outages.Lasting::reason)).contains("down");
      now.addAndGet(Duration.ofSeconds(length - 1).toNanos());
      assertThat(outages.current(site).map(Outages.Lasting::reason)).contains("down");
      now.addAndGet(Duration.ofSeconds(1).toNanos());
      assertThat(outages.current(site).map(Outages.Lasting::reason)).isEmpty();
      assertThat(outages.isSuspected(site)).isTrue();
    }
    outages.answered(site);
    assertThat(outages.isSuspected(site)).isFalse();
  }

  @Test
  void leavesASiteAloneForAMomentOnlyWhenTheDnsDidNotSayWhereItIs() {
    AtomicLong now = new AtomicLong();
    Outages outages = new Outages(now::get);
    SiteKey site = new SiteKey(List.of("mx.a.example"));
    for (int times = 0; times < 3; times++) {
      outages.unresolved(site, "no DNS answer");
      assertThat(outages.current(site).map(Outages.Lasting::reason)).contains("no DNS answer");
      now.addAndGet(Duration.ofSeconds(5).toNanos());
      assertThat(outages.current(site).map(Outages.Lasting::reason)).isEmpty();
    }
    outages.failed(site, "down");
    now.addAndGet(Duration.ofSeconds(29).toNanos());
    assertThat(outages.current(site).map(Outages.Lasting::reason)).contains("down");
    now.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(outages.current(site).map(Outages.Lasting::reason)).isEmpty();
  }

  @Test
  void rollsHostsUpIntoProviders() {
    Providers providers = Providers.load();
    assertThat(providers.of("aspmx.l.google.com")).isEqualTo("google");
    assertThat(providers.of("a-example.mail.protection.outlook.com")).isEqualTo("microsoft");
    assertThat(providers.of("mta5.am0.yahoodns.net")).isEqualTo("yahoo");
    assertThat(providers.of("mx01.mail.icloud.com")).isEqualTo("icloud");
    assertThat(providers.of("notgoogle.com")).isEqualTo("other");
    assertThat(providers.of("")).isEqualTo("other");
    assertThat(providers.names()).contains("google", "microsoft", "yahoo", "icloud", "other");
  }

  @Test
  void letsACopyLargerThanTheBudgetGo() {
    MemoryBudget budget = new MemoryBudget(1 << 20);
    int whole = budget.take(1L << 40);
    budget.giveBack(whole);
    assertThat(whole).isEqualTo(1024);
  }

  @Test
  void namesTheSettingThatIsWrong() {
    DeliverySettings good = DeliverySettings.standard("mail.example.com");
    assertThat(good.siteConnections()).isEqualTo(20);
    assertThatThrownBy(() -> DeliverySettings.standard("not a host"))
        .hasMessage("delivery.helo: not a host (expected: a host name such as mail.example.com)");
    assertThatThrownBy(() ->
            new DeliverySettings(
                "mail.example.com",
                Set.of(),
                70_000,
                SourcePools.NONE,
                List.of(),
                20,
                100,
                Duration.ofSeconds(5),
                500,
                256 << 20,
                ClientTimeouts.standard(),
                Optional.empty(),
                Shaping.load(),
                RouteTable.EMPTY))
        .hasMessage("delivery.port: 70000 (expected: 1 to 65535)");
    assertThatThrownBy(() -> ClientTimeouts.uniform(Duration.ZERO))
        .hasMessageContaining("delivery.timeouts.connect: PT0S");
  }
}

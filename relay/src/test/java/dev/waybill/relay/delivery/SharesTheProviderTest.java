package dev.waybill.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.shaping.ProviderLimits;
import dev.waybill.relay.shaping.Rate;
import dev.waybill.relay.shaping.Shaping;
import dev.waybill.relay.shaping.SiteLimits;
import dev.waybill.relay.sources.SourceAddress;
import dev.waybill.relay.sources.SourcePools;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.testing.DeliveryHarness;
import dev.waybill.relay.testing.DeliveryHarness.Options;
import dev.waybill.relay.testing.ScriptedMailHost;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/// A provider that gives each customer a host of its own: many sites, one budget.
class SharesTheProviderTest {
  private static final UUID DOMAIN = new UUID(0, 1);

  private static Options options(int connections, @Nullable String messageRate) {
    ProviderLimits.Change all =
        new ProviderLimits.Change(
            connections,
            Rate.UNLIMITED,
            messageRate == null ? Rate.UNLIMITED : Rate.parse(messageRate).orElseThrow());
    SiteLimits.Change each =
        new SiteLimits.Change(null, null, Rate.UNLIMITED, Rate.UNLIMITED, null, null);
    return Options.usual()
        .withIdle(Duration.ofSeconds(5))
        .withShaping(Shaping.load().with(Map.of("microsoft", each), Map.of("microsoft", all)));
  }

  /// Makes a domain a customer of the provider.
  private static String tenant(DeliveryHarness harness, String name, String address) {
    String host = name + "-test.mail.protection.outlook.com.";
    harness.dns.zone(name + ".test. 60 IN MX 10 " + host, host + " 60 IN A " + address);
    return "you@" + name + ".test";
  }

  private static String tenant(DeliveryHarness harness, String name) {
    return tenant(harness, name, "127.0.0.2");
  }

  private static String why(DeliveryHarness harness, DeliveryKey key) {
    return harness.engine.waits(Set.of(key)).getOrDefault(key, "");
  }

  private static double slowed(DeliveryHarness harness) {
    return harness
        .meters
        .find("waybill.delivery.shaping")
        .tag("action", "slowed")
        .counters()
        .stream()
        .mapToDouble(counter -> counter.count())
        .sum();
  }

  private static double gauge(DeliveryHarness harness, String name) {
    return harness.meters.get(name).tag("provider", "microsoft").gauge().value();
  }

  @Test
  void callsOnAllCustomersWithTheProvidersConnectionsOnly() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness(options(4, null))) {
      harness.host().hangsAt("MAIL");
      List<DeliveryKey> keys = new ArrayList<>();
      for (int i = 0; i < 30; i++) {
        keys.add(harness.accept(tenant(harness, "customer" + i)));
      }
      await().until(() -> gauge(harness, "waybill.delivery.sites.waiting") == 26);
      await().until(() -> harness.host().openConnections() == 4);
      assertThat(harness.engine.load().attempting()).isEqualTo(4);
      assertThat(keys)
          .extracting(key -> why(harness, key))
          .filteredOn("microsoft: 4 of 4 connections in use"::equals)
          .hasSize(26);
      harness.dns.zone("a.example. 60 IN MX 10 mx.a.example.", "mx.a.example. 60 IN A 127.0.0.3");
      ScriptedMailHost elsewhere = harness.host("127.0.0.3");
      assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Delivered.class);
      assertThat(elsewhere.received()).hasSize(1);
      harness.engine.stop(Duration.ofMillis(100));
    }
  }

  @Test
  void givesEachCustomerItsTurn() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness(options(3, null))) {
      AtomicInteger most = new AtomicInteger();
      harness.settlesWith((_, _) ->
          most.accumulateAndGet((int) gauge(harness, "waybill.delivery.connections"), Math::max));
      List<DeliveryKey> keys = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        String recipient = tenant(harness, "customer" + i);
        keys.add(harness.accept(recipient));
        keys.add(harness.accept(recipient));
      }
      assertThat(keys)
          .extracting(harness::outcome)
          .allMatch(AttemptOutcome.Delivered.class::isInstance);
      assertThat(most).hasValueBetween(1, 3);
      assertThat(harness.host().received()).hasSize(400);
    }
  }

  @Test
  void letsNoLargeCustomerStarveSmallOnes() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness(options(2, null))) {
      CountDownLatch allAreThere = new CountDownLatch(1);
      harness.rendersWith(delivery -> {
        try {
          allAreThere.await();
        } catch (InterruptedException _) {
          Thread.currentThread().interrupt();
        }
        return DeliveryHarness.plain(delivery);
      });
      String large = tenant(harness, "large");
      for (int i = 0; i < 500; i++) {
        harness.accept(large);
      }
      await().until(() -> harness.engine.load().attempting() == 2);
      for (int i = 0; i < 20; i++) {
        harness.accept(tenant(harness, "small" + i));
      }
      await().until(() -> gauge(harness, "waybill.delivery.sites.waiting") == 21);
      allAreThere.countDown();
      await().until(() -> harness.outcomes() == 520);
      List<String> order =
          harness.host().received().stream().map(ScriptedMailHost.Received::rcpt).toList();
      for (int i = 0; i < 20; i++) {
        int small = i;
        assertThat(order.stream().takeWhile(rcpt -> !rcpt.contains("small" + small + ".")))
            .as("before the mail of a small one")
            .hasSizeLessThan(80);
      }
    }
  }

  @Test
  void givesUpAnIdleConnectionThatAnotherCustomerWants() throws IOException {
    try (DeliveryHarness harness =
        new DeliveryHarness(options(1, null).withIdle(Duration.ofMinutes(5)))) {
      for (int i = 0; i < 3; i++) {
        assertThat(harness.deliver(tenant(harness, "customer" + i)))
            .isInstanceOf(AttemptOutcome.Delivered.class);
      }
      assertThat(harness.host().connections()).isEqualTo(3);
    }
  }

  @Test
  void givesEachPoolOfAddressesABudgetOfItsOwn() throws IOException {
    SourcePools pools =
        new SourcePools(
            List.of(
                new SourceAddress(
                    InetAddress.ofLiteral("127.0.0.21"), "relay.example.com", "default"),
                new SourceAddress(InetAddress.ofLiteral("127.0.0.22"), "news.example.com", "news")),
            Map.of("marketing", "news"));
    try (DeliveryHarness harness = new DeliveryHarness(options(1, null).withSources(pools))) {
      harness.host().hangsAt("MAIL");
      for (int i = 0; i < 5; i++) {
        String recipient = tenant(harness, "customer" + i);
        harness.accept(recipient, DOMAIN, Stream.TRANSACTIONAL);
        harness.accept(recipient, DOMAIN, Stream.MARKETING);
      }
      await().until(() -> gauge(harness, "waybill.delivery.sites.waiting") == 8);
      await().until(() -> harness.host().openConnections() == 2);
      harness.engine.stop(Duration.ofMillis(100));
    }
  }

  @Test
  void sendsNoFasterToAllOfThemThanTheProviderIsAskedToTake() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness(options(10, "20/s"))) {
      long begun = System.nanoTime();
      List<DeliveryKey> keys = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        String recipient = tenant(harness, "customer" + i);
        keys.add(harness.accept(recipient));
        keys.add(harness.accept(recipient));
      }
      assertThat(keys)
          .extracting(harness::outcome)
          .allMatch(AttemptOutcome.Delivered.class::isInstance);
      assertThat(Duration.ofNanos(System.nanoTime() - begun))
          .as("twenty at once, and twenty in a second")
          .isGreaterThan(Duration.ofMillis(950));
    }
  }

  @Test
  void leavesOneCustomersDeadHostToThatCustomer() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness(options(1, null))) {
      String dead = tenant(harness, "dead", "127.0.0.9");
      List<DeliveryKey> lost = new ArrayList<>();
      for (int i = 0; i < 300; i++) {
        lost.add(harness.accept(dead));
      }
      List<DeliveryKey> keys = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        keys.add(harness.accept(tenant(harness, "customer" + i)));
      }
      assertThat(keys)
          .extracting(harness::outcome)
          .allMatch(AttemptOutcome.Delivered.class::isInstance);
      assertThat(lost)
          .extracting(harness::outcome)
          .filteredOn(AttemptOutcome.Postponed.class::isInstance)
          .as("only the one that was tried counts as an attempt")
          .hasSize(299);
      assertThat(slowed(harness)).isZero();
    }
  }

  @Test
  void asksAllForLessWhenOneSaysThatTheSenderIsTheReason() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness(options(4, null))) {
      harness.host().once("MAIL", "451 4.7.650 rate limited due to IP reputation");
      assertThat(harness.deliver(tenant(harness, "customer")))
          .isInstanceOf(AttemptOutcome.Deferred.class);
      assertThat(slowed(harness)).isEqualTo(1);
      harness.host().hangsAt("MAIL");
      harness.accept(tenant(harness, "next"));
      DeliveryKey waiting = harness.accept(tenant(harness, "last"));
      DeliveryKey other = harness.accept(tenant(harness, "other"));
      await()
          .untilAsserted(() ->
              assertThat(List.of(why(harness, waiting), why(harness, other)))
                  .contains("microsoft: 1 of 1 connections in use for now (4 else)"));
      harness.engine.stop(Duration.ofMillis(100));
    }
  }

  @Test
  void takesWhatAHostSaysOfItselfForItsOwn() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness(options(4, null))) {
      harness.host().once("MAIL", "452 4.3.2 system not accepting messages");
      assertThat(harness.deliver(tenant(harness, "busy")))
          .isInstanceOf(AttemptOutcome.Deferred.class);
      harness.host().once("RCPT", "452 4.2.2 mailbox full");
      assertThat(harness.deliver(tenant(harness, "full")))
          .isInstanceOf(AttemptOutcome.Deferred.class);
      assertThat(slowed(harness)).isZero();
    }
  }
}

package dev.waybill.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.sources.SourceAddress;
import dev.waybill.relay.sources.SourcePools;
import dev.waybill.relay.sources.WarmUp;
import dev.waybill.relay.sources.WarmUpSchedule;
import dev.waybill.relay.sources.WarmUps;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.DeliveryHarness;
import dev.waybill.relay.testing.DeliveryHarness.Options;
import dev.waybill.relay.testing.QueueBench;
import dev.waybill.relay.testing.ScriptedMailHost.Received;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.LocalDate;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// New addresses send no more than their day's messages.
class WarmsUpItsAddressesTest {
  private static final String NEW = "127.0.0.21";
  private static final String KNOWN = "127.0.0.22";

  private static SourceAddress fresh(String address, Integer... messages) {
    return new SourceAddress(
        InetAddress.ofLiteral(address),
        "new.example.com",
        "default",
        new WarmUp(LocalDate.EPOCH, WarmUpSchedule.of(List.of(messages))));
  }

  private static DeliveryHarness from(Options options, SourceAddress... sources)
      throws IOException {
    return new DeliveryHarness(options.withSources(new SourcePools(List.of(sources), Map.of())))
        .receives("a.example");
  }

  private static List<AttemptOutcome> deliver(DeliveryHarness harness, int messages) {
    List<DeliveryKey> keys =
        IntStream.range(0, messages).mapToObj(_ -> harness.accept("you@a.example")).toList();
    return keys.stream().map(harness::outcome).toList();
  }

  private static List<String> clients(DeliveryHarness harness) {
    return harness.host().received().stream().map(Received::client).toList();
  }

  private static long sent(DeliveryHarness harness) {
    return harness.warmUps.standings().stream().mapToLong(WarmUps.Standing::sent).sum();
  }

  @Test
  void postponesWhatIsTooMuchForTheDay() throws IOException {
    try (DeliveryHarness harness = from(Options.usual(), fresh(NEW, 3))) {
      List<AttemptOutcome> outcomes = deliver(harness, 20);

      assertThat(clients(harness)).containsOnly(NEW).hasSize(3);
      assertThat(outcomes)
          .filteredOn(AttemptOutcome.Postponed.class::isInstance)
          .hasSize(17)
          .allSatisfy(outcome ->
              assertThat(outcome)
                  .isInstanceOfSatisfying(
                      AttemptOutcome.Postponed.class,
                      postponed -> {
                        assertThat(postponed.reason())
                            .isEqualTo("warm-up of 127.0.0.21: 3 of 3 messages today");
                        assertThat(postponed.pause())
                            .isBetween(Duration.ofDays(1), Duration.ofDays(2));
                      }));
      assertThat(sent(harness)).isEqualTo(3);
    }
  }

  /// Nobody is called for nothing, and nothing is told of the site.
  @Test
  void callsOnNobodyWhenNothingIsLeft() throws IOException {
    try (DeliveryHarness harness = from(Options.usual(), fresh(NEW, 1))) {
      deliver(harness, 1);
      int connections = harness.host().connections();
      harness.clock.advance(Duration.ofHours(23));

      assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Postponed.class);
      assertThat(harness.host().connections()).isEqualTo(connections);
      harness.clock.advance(Duration.ofHours(1));
      assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Delivered.class);
    }
  }

  /// Over one connection as over many, at once or one after another.
  @Test
  void sendsTheRestFromKnownAddresses() throws IOException {
    SourceAddress known =
        new SourceAddress(InetAddress.ofLiteral(KNOWN), "known.example.com", "default");
    Options options = Options.usual().withIdle(Duration.ofSeconds(5)).withMessagesPerConnection(4);
    try (DeliveryHarness harness = from(options, fresh(NEW, 5), known)) {
      assertThat(deliver(harness, 200)).hasOnlyElementsOfType(AttemptOutcome.Delivered.class);
      // chance decides where a connection comes from: none of 45 from there is once in 10^13 runs
      assertThat(Collections.frequency(clients(harness), NEW)).isEqualTo(5);
      assertThat(Collections.frequency(clients(harness), KNOWN)).isEqualTo(195);
    }
  }

  @Test
  void leavesAStandingConnectionWhoseAddressHasNothingLeft() throws IOException {
    Options options = Options.usual().withIdle(Duration.ofSeconds(5)).withSiteConnections(1);
    try (DeliveryHarness harness = from(options, fresh(NEW, 2), fresh(KNOWN, 2))) {
      for (int i = 0; i < 4; i++) {
        assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Delivered.class);
      }
      assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Postponed.class);
      assertThat(clients(harness)).containsExactlyInAnyOrder(NEW, NEW, KNOWN, KNOWN);
    }
  }

  @Test
  void countsTransactionsAndNotWhoCouldNotBeCalled() throws IOException {
    try (DeliveryHarness harness = from(Options.usual(), fresh(NEW, 2))) {
      harness.dns.zone(
          "down.example. 60 IN MX 10 mx.down.example.", "mx.down.example. 60 IN A 127.0.0.99");
      assertThat(harness.deliver("you@down.example"))
          .isInstanceOf(AttemptOutcome.Unreachable.class);
      assertThat(sent(harness)).isZero();
      harness.host().once("RCPT", "450 4.2.0 greylisted");
      assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Deferred.class);
      assertThat(sent(harness)).isEqualTo(1);
      deliver(harness, 1);
      assertThat(harness.deliver("you@down.example")).isInstanceOf(AttemptOutcome.Postponed.class);
    }
  }

  @Test
  void putsOffWhatOnlyASpentFamilyReaches() throws IOException {
    try (DeliveryHarness harness = from(Options.usual(), fresh(NEW, 1), fresh("::1", 5))) {
      deliver(harness, 1);

      for (int i = 0; i < 3; i++) {
        assertThat(harness.deliver("you@a.example"))
            .as("the site is not down")
            .isInstanceOfSatisfying(
                AttemptOutcome.Postponed.class,
                postponed ->
                    assertThat(postponed.reason())
                        .isEqualTo("warm-up of 127.0.0.21: 1 of 1 messages today"));
      }
    }
  }

  @Test
  void oldMailIsNotHeldBack() throws IOException {
    try (DeliveryHarness harness = from(Options.usual(), fresh(NEW, 1, 1, 1, 1, 1, 1))) {
      harness.clock.advance(Duration.ofDays(4));
      assertThat(deliver(harness, 5)).hasOnlyElementsOfType(AttemptOutcome.Delivered.class);
      assertThat(sent(harness)).isEqualTo(5);
    }
  }

  @Test
  void whatWaitsLeavesOnTheNextDay(@TempDir Path folder) throws IOException {
    try (DeliveryHarness harness = from(Options.usual(), fresh(NEW, 1, 10));
        QueueBench bench =
            new QueueBench(
                new DatabaseSettings("jdbc:h2:file:" + folder.resolve("db"), "sa", "", 4),
                folder,
                harness.clock,
                QueueBench.Options.usual())) {
      harness.settlesWith((delivery, outcome) -> bench.queue.settle(delivery, outcome).join());
      bench.accept(bench.message("one", "one@a.example"));
      harness.take(bench.next());
      await().until(() -> harness.host().received().size() == 1);
      bench.accept(bench.message("two", "two@a.example"));
      ReadyDelivery waits = bench.next();
      harness.take(waits);
      assertThat(harness.outcome(waits.key())).isInstanceOf(AttemptOutcome.Postponed.class);

      await()
          .untilAsserted(() ->
              assertThat(bench.events())
                  .filteredOn(event -> event.type() == EventType.EMAIL_DELIVERY_DELAYED)
                  .singleElement()
                  .satisfies(event -> {
                    assertThat(event.delivery()).isEqualTo(waits.key());
                    assertThat(event.facts())
                        .containsEntry("reply", "warm-up of 127.0.0.21: 1 of 1 messages today")
                        .doesNotContainKey("attempt");
                  }));
      // a fifth later at most, so that not all comes back together
      harness.clock.advance(Duration.ofDays(1).plusHours(5));
      ReadyDelivery back = bench.next();
      assertThat(back.key()).isEqualTo(waits.key());
      assertThat(back.attempts()).isZero();
      harness.take(back);

      await().until(() -> bench.told().contains("email.delivered two@a.example"));
      assertThat(harness.host().received()).hasSize(2);
    }
  }
}

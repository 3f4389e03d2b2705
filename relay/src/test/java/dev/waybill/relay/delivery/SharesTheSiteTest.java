package dev.waybill.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.testing.DeliveryHarness;
import dev.waybill.relay.testing.DeliveryHarness.Options;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// Many deliveries: connections shared, limits kept, no site in another's way, nothing lost at a
/// stop.
class SharesTheSiteTest {
  private static List<DeliveryKey> accept(DeliveryHarness harness, String recipient, int count) {
    List<DeliveryKey> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      keys.add(harness.accept(recipient));
    }
    return keys;
  }

  @Test
  void carriesManyMessagesOverFewConnections() throws IOException {
    try (DeliveryHarness harness =
        new DeliveryHarness(Options.usual().withSiteConnections(2).withMessagesPerConnection(50))) {
      harness.receives("a.example");
      List<DeliveryKey> keys = accept(harness, "you@a.example", 200);
      assertThat(keys)
          .allSatisfy(
              key -> assertThat(harness.outcome(key)).isInstanceOf(AttemptOutcome.Delivered.class));
      assertThat(harness.host().received()).hasSize(200);
      assertThat(harness.host().connections()).isBetween(4, 6);
    }
  }

  @Test
  void sharesConnectionsAmongTheDomainsOfOneProvider() throws IOException {
    try (DeliveryHarness harness =
        new DeliveryHarness(Options.usual().withIdle(Duration.ofSeconds(5)))) {
      harness.dns.zone(
          "a.example. 60 IN MX 10 mx.provider.example.",
          "b.example. 60 IN MX 50 mx.provider.example.",
          "mx.provider.example. 60 IN A 127.0.0.2");
      assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Delivered.class);
      assertThat(harness.deliver("you@b.example")).isInstanceOf(AttemptOutcome.Delivered.class);
      assertThat(harness.host().connections()).isEqualTo(1);
      assertThat(harness.engine.load().sites()).isEqualTo(1);
    }
  }

  @Test
  void forgetsASiteThatHasNothingToDo() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness().receives("a.example")) {
      assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Delivered.class);
      await().until(() -> harness.engine.load().sites() == 0);
      await().until(() -> harness.host().openConnections() == 0);
    }
  }

  @Test
  void settlesAllThatWaitsForASiteThatIsDown() throws IOException {
    try (DeliveryHarness harness =
        new DeliveryHarness(
            Options.usual().withTimeout(Duration.ofMillis(600)).withSiteConnections(2))) {
      harness.receives("down.example");
      harness.host().hangsAt("BANNER");
      assertTimeout(
          Duration.ofSeconds(10),
          () ->
              assertThat(accept(harness, "you@down.example", 300))
                  .extracting(harness::outcome)
                  .allMatch(outcome ->
                      outcome instanceof AttemptOutcome.Unreachable
                          || outcome instanceof AttemptOutcome.Postponed)
                  .filteredOn(AttemptOutcome.Unreachable.class::isInstance)
                  .as("only the one that was tried counts as an attempt")
                  .hasSize(1));
      assertThat(harness.host().connections()).isEqualTo(1);
    }
  }

  @Test
  void keepsOneSlowSiteOutOfTheWayOfOthers() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness()) {
      harness.dns.zone(
          "slow.example. 60 IN MX 10 mx.slow.example.", "mx.slow.example. 60 IN A 127.0.0.3");
      harness.receives("quick.example");
      harness.host("127.0.0.3").hangsAt("MAIL");
      accept(harness, "you@slow.example", 100);
      assertThat(harness.deliver("you@quick.example")).isInstanceOf(AttemptOutcome.Delivered.class);
      assertThat(harness.outcomes()).isEqualTo(1);
      harness.engine.stop(Duration.ofMillis(100));
      assertThat(harness.released()).hasSize(100);
    }
  }

  /// Forty slow sites could hold 800 connections and fifty dead ones a thousand; there are 500.
  @Test
  void leavesConnectionsForOthersHoweverManySitesAreSlowOrDead() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness()) {
      harness.host("127.0.0.3").hangsAt("MAIL");
      harness.host("127.0.0.4").hangsAt("BANNER");
      for (int i = 0; i < 40; i++) {
        String name = "slow%d.example".formatted(i);
        harness.dns.zone(
            name + ". 60 IN MX 1 mx." + name + ".", "mx." + name + ". 60 IN A 127.0.0.3");
        accept(harness, "you@" + name, 25);
      }
      for (int i = 0; i < 50; i++) {
        String name = "dead%d.example".formatted(i);
        harness.dns.zone(
            name + ". 60 IN MX 1 mx." + name + ".", "mx." + name + ". 60 IN A 127.0.0.4");
        accept(harness, "you@" + name, 25);
      }
      await().until(() -> harness.engine.load().planning() == 0);
      await().until(() -> harness.engine.load().attempting() > 300);
      List<DeliveryKey> live = new ArrayList<>();
      for (int i = 0; i < 50; i++) {
        harness.receives("live%d.example".formatted(i));
        live.addAll(accept(harness, "you@live%d.example".formatted(i), 5));
      }
      await().until(() -> live.stream().allMatch(harness::hasOutcome));
      assertThat(live)
          .extracting(harness::outcome)
          .allMatch(AttemptOutcome.Delivered.class::isInstance);
      harness.engine.stop(Duration.ofMillis(100));
    }
  }

  @Test
  void contentsItselfWithTheConnectionsAHostAllows() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness().receives("a.example")) {
      for (int i = 0; i < 200; i++) {
        harness.host().once("BANNER", i < 1 ? "220 welcome" : "421 4.7.0 too many connections");
      }
      List<DeliveryKey> keys = accept(harness, "you@a.example", 1);
      assertThat(harness.outcome(keys.getFirst())).isInstanceOf(AttemptOutcome.Delivered.class);
      assertThat(accept(harness, "you@a.example", 15))
          .allSatisfy(
              key -> assertThat(harness.outcome(key)).isInstanceOf(AttemptOutcome.Delivered.class));
      assertThat(harness.host().received()).hasSize(16);
    }
  }

  /// The one that is being opened will tell whether the site takes mail; till then nothing is lost.
  @Test
  void waitsForTheConnectionThatIsBeingOpenedWhereFurtherOnesAreTurnedAway() throws IOException {
    try (DeliveryHarness harness =
        new DeliveryHarness(Options.usual().withMessagesPerConnection(1))) {
      harness.receives("a.example");
      DeliveryKey first = harness.accept("you@a.example");
      assertThat(harness.outcome(first)).isInstanceOf(AttemptOutcome.Delivered.class);
      harness.host().hangsAt("EHLO");
      harness.accept("you@a.example");
      await()
          .until(() ->
              harness.host().commands().stream().filter(each -> each.startsWith("EHLO")).count()
                  == 2);
      harness.host().always("BANNER", "421 4.7.0 too many connections");
      accept(harness, "you@a.example", 3);
      await().until(() -> harness.host().connections() > 2 && harness.engine.load().waiting() == 3);
      assertThat(harness.outcomes()).isEqualTo(1);
    }
  }

  @Test
  void releasesWhatItDidNotAttemptAndFinishesWhatItDid() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness(Options.usual().withSiteConnections(1))) {
      harness.receives("a.example");
      harness.host().hangsAt("END");
      List<DeliveryKey> keys = accept(harness, "you@a.example", 10);
      await().until(() -> harness.host().commands().contains("."));
      harness.engine.stop(Duration.ofMillis(200));
      List<DeliveryKey> released = harness.released().stream().map(ReadyDelivery::key).toList();
      // Which of them comes first is open: some wait for the look-up and some come after it.
      assertThat(keys).containsAll(released).hasSize(released.size() + 1);
      DeliveryKey attempted =
          keys.stream().filter(key -> !released.contains(key)).findFirst().orElseThrow();
      assertThat(harness.outcome(attempted)).isInstanceOf(AttemptOutcome.Unreachable.class);
      DeliveryKey late = harness.accept("you@a.example");
      assertThat(harness.released()).hasSize(10);
      assertThat(harness.released().getLast().key()).isEqualTo(late);
    }
  }

  @Test
  void losesNothingWhenItIsStoppedUnderLoad() throws IOException, InterruptedException {
    for (int round = 0; round < 10; round++) {
      try (DeliveryHarness harness = new DeliveryHarness()) {
        harness.receives("a.example").receives("b.example");
        Thread one = Thread.ofVirtual().start(() -> accept(harness, "you@a.example", 300));
        Thread other = Thread.ofVirtual().start(() -> accept(harness, "you@b.example", 300));
        int already = round * 5;
        await().until(() -> harness.outcomes() + harness.released().size() >= already);
        harness.engine.stop(Duration.ofSeconds(10));
        one.join();
        other.join();
        assertThat(harness.outcomes() + harness.released().size()).isEqualTo(600);
        assertThat(harness.host().received()).hasSize(harness.outcomes());
      }
    }
  }

  @Test
  void survivesManyDomainsAtOnce() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness()) {
      List<DeliveryKey> keys = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        harness.receives("d%d.example".formatted(i));
        keys.add(harness.accept("you@d%d.example".formatted(i)));
        keys.add(harness.accept("me@d%d.example".formatted(i)));
      }
      assertThat(keys)
          .allSatisfy(
              key -> assertThat(harness.outcome(key)).isInstanceOf(AttemptOutcome.Delivered.class));
    }
  }
}

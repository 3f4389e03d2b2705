package dev.waybill.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.testing.DeliveryHarness;
import dev.waybill.relay.testing.DeliveryHarness.Options;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// A site's own pace: who goes first, what a complaint changes, and what a wait is called.
class ShapesTheSiteTest {
  private static final UUID LARGE = new UUID(0, 1);
  private static final UUID SMALL = new UUID(0, 2);

  private static String why(DeliveryHarness harness, DeliveryKey key) {
    return harness.engine.waits(Set.of(key)).getOrDefault(key, "");
  }

  @Test
  void letsASmallSendersReceiptGoBeforeALargeSendersNews() throws IOException {
    try (DeliveryHarness harness =
        new DeliveryHarness(Options.usual().withSiteConnections(1).withMessagesPerConnection(1))) {
      harness.receives("a.example");
      harness.host().once("MAIL", "421 4.7.0 come again later");
      harness.accept("first@a.example", LARGE, Stream.MARKETING);
      await().until(() -> harness.outcomes() == 1);
      for (int i = 0; i < 2_000; i++) {
        harness.accept("news@a.example", LARGE, Stream.MARKETING);
      }
      harness.accept("receipt@a.example", SMALL, Stream.TRANSACTIONAL);
      await().until(() -> harness.engine.load().waiting() == 2_001);
      harness.engine.forgetOutages();
      await().until(() -> !harness.host().received().isEmpty());
      assertThat(harness.host().received().getFirst().rcpt()).contains("receipt@a.example");
      harness.engine.stop(Duration.ofSeconds(5));
    }
  }

  @Test
  void pausesTheSiteAndNotItsMessages() throws IOException {
    try (DeliveryHarness harness =
        new DeliveryHarness(Options.usual().withSiteConnections(1).withIdle(Duration.ZERO))) {
      harness.receives("a.example");
      harness.host().once("MAIL", "421 4.7.0 come again later");
      List<DeliveryKey> keys = new ArrayList<>();
      for (int i = 0; i < 20; i++) {
        keys.add(harness.accept("you@a.example"));
      }
      await().until(() -> harness.outcomes() == 1);
      await().until(() -> harness.engine.load().waiting() == 19);
      assertThat(harness.outcomes()).as("only the one that was told to come again").isEqualTo(1);
      assertThat(harness.host().connections()).isEqualTo(1);
      DeliveryKey waiting =
          keys.stream().filter(key -> !harness.hasOutcome(key)).findFirst().orElseThrow();
      assertThat(why(harness, waiting))
          .matches("site paused for [0-9]+ s after 421 4\\.7\\.0 come again later");
      harness.engine.forgetOutages();
      assertThat(keys)
          .extracting(harness::outcome)
          .filteredOn(AttemptOutcome.Delivered.class::isInstance)
          .hasSize(19);
    }
  }

  @Test
  void waitsInMemoryWhenASiteTurnsFurtherMailAwayAtTheDoor() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness(Options.usual().withSiteConnections(1))) {
      harness.receives("a.example");
      harness.host().once("BANNER", "421 4.3.2 too busy");
      List<DeliveryKey> keys = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        keys.add(harness.accept("you@a.example"));
      }
      await().until(() -> harness.outcomes() == 1 && harness.engine.load().waiting() == 9);
      harness.engine.forgetOutages();
      assertThat(keys)
          .extracting(harness::outcome)
          .filteredOn(AttemptOutcome.Delivered.class::isInstance)
          .hasSize(9);
    }
  }

  @Test
  void postponesUncountedWhatWouldHaveToWaitTooLong() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness(Options.usual().withSiteConnections(1))) {
      harness.receives("a.example");
      harness.host().once("MAIL", "421 4.7.0 try again in 30 minutes");
      List<DeliveryKey> keys = new ArrayList<>();
      for (int i = 0; i < 10; i++) {
        keys.add(harness.accept("you@a.example"));
      }
      assertThat(keys)
          .extracting(harness::outcome)
          .filteredOn(AttemptOutcome.Postponed.class::isInstance)
          .hasSize(9)
          .allSatisfy(outcome -> {
            AttemptOutcome.Postponed postponed = (AttemptOutcome.Postponed) outcome;
            assertThat(postponed.pause()).isGreaterThan(Duration.ofMinutes(29));
            assertThat(postponed.reason())
                .isEqualTo("site paused after 421 4.7.0 try again in 30 minutes");
          });
      assertThat(harness.deliver("late@a.example")).isInstanceOf(AttemptOutcome.Postponed.class);
      await().until(() -> harness.engine.load().sites() == 0);
    }
  }

  @Test
  void namesTheLimitThatDeliveriesWaitFor() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness(Options.usual().withSiteConnections(1))) {
      harness.receives("a.example");
      harness.host().hangsAt("MAIL");
      DeliveryKey sending = harness.accept("you@a.example");
      await().until(() -> why(harness, sending).equals("being sent"));
      DeliveryKey waiting = harness.accept("you@a.example");
      await()
          .untilAsserted(
              () -> assertThat(why(harness, waiting)).isEqualTo("site at its connection limit: 1"));
      harness.engine.stop(Duration.ofMillis(100));
    }
  }
}

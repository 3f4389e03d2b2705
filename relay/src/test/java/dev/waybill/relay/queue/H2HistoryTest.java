package dev.waybill.relay.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.QueueBench;
import java.time.Duration;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// The history on the embedded database, with bodies in segment files.
class H2HistoryTest extends HistoryContract {
  @Override
  DatabaseSettings database() {
    return new DatabaseSettings("jdbc:h2:file:" + dataDir.resolve("db"), "sa", "", 4);
  }

  @Override
  void afterTheLookAtTheDisk(UUID settled) {
    await().untilAsserted(() -> assertThat(bytes(settled)).isEmpty());
  }

  @Test
  void retainsTheNeighboursOfASurvivorUntilTheirTimeIsOver() {
    UUID survivor = bench.accept(bench.message("a body that stays", "ann@slow.example"));
    ReadyDelivery waiting = bench.next();
    UUID neighbour = settled("x".repeat(5_000));
    settled("z".repeat(5_000));
    sweep();
    assertThat(bytes(neighbour)).isPresent();

    clock.advance(Duration.ofHours(25));
    await()
        .until(() -> {
          bench.queue.sweepNow();
          return bytes(neighbour).isEmpty();
        });
    assertThat(bytes(survivor)).contains("a body that stays");
    assertThat(waiting.message().bytes()).asString().isEqualTo("a body that stays");
  }

  @Test
  void aClockThatWasAheadKeepsNothingForGood() {
    clock.advance(Duration.ofDays(4_000));
    UUID id = settled("x".repeat(5_000));
    settled("y".repeat(5_000));
    clock.advance(Duration.ofDays(-4_000));
    sweep();
    assertThat(bytes(id)).isPresent();

    clock.advance(Duration.ofHours(25));
    sweep();
    assertThat(bytes(id)).isEmpty();
  }

  @Test
  void aProcessThatFindsSegmentsWithoutRowsKeepsThemNoLonger() {
    UUID id = settled("x".repeat(5_000));
    settled("y".repeat(5_000));
    clock.advance(Duration.ofDays(29));
    reopen(QueueBench.Options.retaining(Duration.ofDays(1), PLENTY));
    sweep();
    assertThat(bytes(id)).isEmpty();
  }
}

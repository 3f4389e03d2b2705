package dev.waybill.relay.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.QueueBench;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// The queue on the embedded database, with bodies in segment files.
class H2QueueTest extends QueueContract {
  @Override
  DatabaseSettings database() {
    return new DatabaseSettings("jdbc:h2:file:" + dataDir.resolve("db"), "sa", "", 4);
  }

  @Test
  void removesASegmentWhenEveryMessageInItIsSettled() throws Exception {
    for (int i = 0; i < 4; i++) {
      bench.accept(bench.message("x".repeat(3_000), "ann@there.example"));
    }
    assertThat(segments()).hasSizeGreaterThan(1);
    for (int i = 0; i < 4; i++) {
      settle(
          bench.next(),
          new AttemptOutcome.Delivered(
              new AttemptOutcome.Peer("mx.example", "192.0.2.1", null), "250 Ok"));
    }
    bench.queue.sweepNow();
    bench.queue.sweepNow();
    assertThat(segments()).hasSize(1);
  }

  @Test
  void copiesAFewSurvivorsForwardSoThatTheirSegmentCanGo() throws Exception {
    AttemptOutcome delivered =
        new AttemptOutcome.Delivered(
            new AttemptOutcome.Peer("mx.example", "192.0.2.1", null), "250 Ok");
    bench.accept(bench.message("a body that stays", "ann@slow.example"));
    settle(bench.next(), deferred());
    for (int i = 0; i < 4; i++) {
      bench.accept(bench.message("x".repeat(3_000), "bob@there.example"));
      settle(bench.next(), delivered);
    }
    clock.advance(Duration.ofMinutes(2));
    ReadyDelivery early = bench.next();
    assertThat(early.recipient().domain().value()).isEqualTo("slow.example");

    await()
        .until(() -> {
          bench.queue.sweepNow();
          return segments().size() == 1;
        });
    assertThat(early.message().bytes()).asString().isEqualTo("a body that stays");
    settle(early, deferred());
    bench.close();
    bench = reopened(QueueBench.Options.usual());
    clock.advance(Duration.ofMinutes(10));
    assertThat(bench.next().message().bytes()).asString().isEqualTo("a body that stays");
  }

  @Test
  void keepsASegmentThatADeferredMessageNeeds() throws Exception {
    bench.accept(bench.message("y".repeat(5_000), "ann@there.example"));
    settle(bench.next(), deferred());
    bench.accept(bench.message("x".repeat(5_000), "bob@there.example"));
    bench.queue.sweepNow();
    clock.advance(Duration.ofMinutes(2));

    assertThat(bench.next().message().bytes()).hasSize(5_000);
    assertThat(bench.next().message().bytes()).hasSize(5_000);
  }

  private List<Path> segments() throws IOException {
    try (Stream<Path> files = Files.list(dataDir.resolve("bodies"))) {
      return files.toList();
    }
  }
}

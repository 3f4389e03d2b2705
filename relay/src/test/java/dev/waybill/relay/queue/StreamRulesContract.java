package dev.waybill.relay.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.testing.MovableClock;
import dev.waybill.relay.testing.QueueBench;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the queue does differently for single streams, on whichever engine the subclass brings.
abstract class StreamRulesContract {
  private static final Stream NEWS = new Stream("weekly-news", Stream.Kind.MARKETING);
  private static final AttemptOutcome.Peer PEER =
      new AttemptOutcome.Peer("mx.example", "192.0.2.1", null);
  private static final QueueSettings.OfStreams RULES =
      new QueueSettings.OfStreams(
          Map.of(
              NEWS.name(),
              new RetrySchedule(
                  Duration.ofMinutes(30), Duration.ofHours(1), Duration.ofHours(2), 0)),
          Map.of(NEWS.name(), Duration.ofDays(7)));

  private final MovableClock clock = MovableClock.standing();
  @TempDir Path dataDir;
  private QueueBench bench;

  /// An empty database, the same one within a test.
  abstract DatabaseSettings database(Path dataDir);

  @BeforeEach
  void open() {
    bench = opened(RULES);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private QueueBench opened(QueueSettings.OfStreams rules) {
    QueueBench.Options usual = QueueBench.Options.usual();
    return new QueueBench(
        database(dataDir),
        dataDir,
        clock,
        new QueueBench.Options(
            usual.readyLimit(),
            usual.suppressed(),
            usual.retention(),
            usual.minFreeDisk(),
            rules,
            usual.breakers()));
  }

  @Test
  void triesAStreamAgainOnItsOwnSchedule() {
    bench.accept(bench.message("news", NEWS, null, "ann@there.example"));
    settle(bench.next(), deferred());
    bench.accept(bench.message("receipt", "bob@there.example"));
    settle(bench.next(), deferred());

    clock.advance(Duration.ofMinutes(2));
    assertThat(bench.next().recipient()).hasToString("bob@there.example");
    clock.advance(Duration.ofMinutes(29));
    ReadyDelivery news = bench.next();
    assertThat(news.recipient()).hasToString("ann@there.example");
    clock.advance(Duration.ofHours(2));
    settle(news, deferred());
    assertThat(bench.told()).contains("email.bounced ann@there.example");
  }

  @Test
  void forgetsAStreamBeforeTheRestWithItsEvents() {
    bench.accept(bench.message("news", NEWS, null, "ann@there.example"));
    settle(bench.next(), new AttemptOutcome.Delivered(PEER, "250 Ok"));
    bench.accept(bench.message("receipt", "bob@there.example"));
    settle(bench.next(), new AttemptOutcome.Delivered(PEER, "250 Ok"));
    clock.advance(Duration.ofDays(8));
    bench.accept(bench.message("news", NEWS, null, "cid@there.example"));
    bench.queue.sweepNow();

    await()
        .untilAsserted(() ->
            assertThat(bench.told())
                .containsExactly(
                    "email.sent bob@there.example",
                    "email.delivered bob@there.example",
                    "email.sent cid@there.example"));
  }

  @Test
  void aMessageKeepsItsStreamThoughTheConfigurationHasItNoMore() {
    bench.accept(bench.message("news", NEWS, null, "ann@there.example"));
    settle(bench.next(), deferred());
    bench.close();
    bench = opened(QueueSettings.OfStreams.NONE);
    clock.advance(Duration.ofHours(1));

    assertThat(bench.next().message().facts().stream()).isEqualTo(NEWS);
    assertThat(bench.events().getFirst().facts()).containsEntry("stream", "weekly-news");
  }

  private void settle(ReadyDelivery delivery, AttemptOutcome outcome) {
    bench.queue.settle(delivery, outcome).join();
  }

  private static AttemptOutcome deferred() {
    return new AttemptOutcome.Deferred(PEER, "451 4.7.1 Try later", Optional.empty());
  }
}

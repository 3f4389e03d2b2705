package dev.waybill.relay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.testing.MovableClock;
import dev.waybill.relay.testing.QueueBench;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.IntFunction;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A sender with a great deal of mail leaves room for others, on whichever engine the subclass
/// brings.
abstract class FairRoomContract {
  private static final UUID LARGE = new UUID(0, 1);
  private static final UUID SMALL = new UUID(0, 2);
  private static final int READY_LIMIT = 400;
  private static final int MANY = 2_000;

  private final MovableClock clock = MovableClock.standing();
  @TempDir Path dataDir;
  private QueueBench bench;

  /// An empty database, the same one within a test.
  abstract DatabaseSettings database(Path dataDir);

  @BeforeEach
  void open() {
    bench =
        new QueueBench(
            database(dataDir),
            dataDir,
            clock,
            new QueueBench.Options(READY_LIMIT, (_, _, _) -> Map.of()));
  }

  @AfterEach
  void close() {
    bench.close();
  }

  private void acceptNews(IntFunction<String> recipient) {
    List<CompletableFuture<Void>> accepts = new ArrayList<>();
    for (int i = 0; i < MANY; i++) {
      accepts.add(
          bench.queue.accept(
              bench.message(LARGE, "news", Stream.MARKETING, null, recipient.apply(i))));
    }
    accepts.forEach(CompletableFuture::join);
  }

  private String acceptReceipt(String recipient, @Nullable Instant sendAt) {
    bench.accept(bench.message(SMALL, "receipt", Stream.TRANSACTIONAL, sendAt, recipient));
    return recipient;
  }

  /// What is handed over until the wanted one is, with nothing leaving memory meanwhile.
  private List<String> handedOverUntil(String recipient) {
    List<String> all = new ArrayList<>();
    while (!all.contains(recipient)) {
      all.add(bench.next().recipient().toString());
    }
    return all;
  }

  @Test
  void handsOverASmallSendersMailToADestinationOfWhichALargeSenderHasItsShare() {
    acceptNews(i -> "to" + i + "@slow.example");
    List<String> all = handedOverUntil(acceptReceipt("ann@slow.example", null));
    assertThat(all).hasSizeLessThan(READY_LIMIT / 4);
    assertThat(bench.queue.inFlight()).isLessThan(READY_LIMIT);
  }

  @Test
  void handsOverASmallSendersMailWhenALargeSenderHasMailForEverybody() {
    acceptNews(i -> "to@d" + i + ".example");
    handedOverUntil(acceptReceipt("ann@there.example", null));
    assertThat(bench.queue.inFlight()).isBetween(READY_LIMIT / 2, READY_LIMIT * 4 / 5);
  }

  @Test
  void claimsPastAllThatALargeSenderHasWaiting() {
    acceptNews(i -> "to" + i + "@slow.example");
    Instant soon = clock.instant().plus(Duration.ofMinutes(1));
    acceptReceipt("ann@slow.example", soon);
    acceptReceipt("ann@there.example", soon);
    clock.advance(Duration.ofMinutes(2));
    List<String> all = handedOverUntil("ann@slow.example");
    if (!all.contains("ann@there.example")) {
      handedOverUntil("ann@there.example");
    }
    assertThat(bench.queue.counts().states().get("queued")).isGreaterThan(MANY / 2L);
  }

  @Test
  void countsNoAttemptWhereTheSiteIsLeftAlone() {
    acceptReceipt("ann@there.example", null);
    for (Duration age : List.of(Duration.ZERO, Duration.ofMinutes(2), Duration.ofHours(1))) {
      ReadyDelivery ready = bench.next();
      assertThat(ready.attempts()).isZero();
      bench
          .queue
          .settle(ready, new AttemptOutcome.Postponed("site paused", Duration.ofMinutes(2)))
          .join();
      assertThat(bench.poll(Duration.ofMillis(700))).isNull();
      clock.advance(age.plus(Duration.ofMinutes(3)));
    }
    assertThat(bench.told())
        .containsExactly(
            "email.sent ann@there.example", "email.delivery_delayed ann@there.example");
    clock.advance(Duration.ofDays(5));
    bench
        .queue
        .settle(bench.next(), new AttemptOutcome.Postponed("site paused", Duration.ofMinutes(2)))
        .join();
    assertThat(bench.told()).endsWith("email.bounced ann@there.example");
  }

  @Test
  void tellsOfADelayNoOftenerWhenSomeOfItWasOnlyPostponed() {
    AttemptOutcome postponed = new AttemptOutcome.Postponed("site paused", Duration.ofMinutes(10));
    acceptReceipt("ann@there.example", null);
    for (AttemptOutcome outcome :
        List.of(postponed, QueueContract.deferred(), postponed, QueueContract.deferred())) {
      bench.queue.settle(bench.next(), outcome).join();
      clock.advance(Duration.ofHours(3));
    }
    // at the beginning, and by the first that happened after four hours
    assertThat(bench.told())
        .containsExactly(
            "email.sent ann@there.example",
            "email.delivery_delayed ann@there.example",
            "email.delivery_delayed ann@there.example");
    assertThat(bench.events().getLast().facts()).containsEntry("reply", "site paused");
    assertThat(bench.next().attempts()).isEqualTo(2);
  }
}

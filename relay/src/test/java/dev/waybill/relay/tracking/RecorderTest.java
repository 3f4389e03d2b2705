package dev.waybill.relay.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class RecorderTest {
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final Visit VISIT = new Visit("Firefox", "192.0.2.0", false, null);

  @TempDir Path folder;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<Integer> recorded = Collections.synchronizedList(new ArrayList<>());
  private final AtomicInteger lookUps = new AtomicInteger();

  @Test
  void recordsWhatWaitsBeforeItStops() {
    Recorder recorder = recorder(-1);
    for (int i = 0; i < 2_000; i++) {
      recorder.add(open(i));
    }
    recorder.start();
    recorder.stop(Duration.ofSeconds(10));

    assertThat(recorded).hasSize(2_000).isSorted();
  }

  @Test
  void recordsWithoutRecipientWhatTheJournalHasForgotten() {
    List<Event> events = new CopyOnWriteArrayList<>();
    Recorder recorder = recorder(events);
    recorder.add(open(1));
    recorder.start();
    recorder.stop(Duration.ofSeconds(10));

    assertThat(events).singleElement().satisfies(e -> assertThat(e.recipient()).isNull());
  }

  @Test
  void givesUpOneThatCannotBeRecordedAndGoesOnWithTheRest() {
    Recorder recorder = recorder(7);
    recorder.add(open(7));
    recorder.start();
    AtomicInteger next = new AtomicInteger(100);

    Awaitility.await()
        .pollInterval(Duration.ofMillis(20))
        .until(() -> {
          recorder.add(open(next.getAndIncrement()));
          return dropped() == 1;
        });
    recorder.stop(Duration.ofSeconds(10));

    assertThat(recorded).doesNotContain(7).hasSize(next.get() - 100);
  }

  @Test
  void keepsOnDiskWhatTheJournalDoesNotTakeAndTellsItOnceItDoes() throws Exception {
    AtomicBoolean works = new AtomicBoolean();
    Recorder recorder = recorder(works);
    recorder.start();
    recorder.add(open(0));
    Awaitility.await().until(() -> spilled() > 0);
    for (int i = 1; i < 1_000; i++) {
      recorder.add(open(i));
    }
    Awaitility.await().until(() -> spilled() == 1_000);
    assertThat(waiting()).isEqualTo(1_000);

    works.set(true);
    Awaitility.await().until(() -> recorded.size() == 1_000);
    recorder.stop(Duration.ofSeconds(10));

    assertThat(recorded).hasSize(1_000).isSorted();
    assertThat(dropped()).isZero();
    assertThat(Files.size(folder.resolve("spill"))).isEqualTo(16);
  }

  @Test
  void tellsAfterARestartWhatAnotherProcessLeft() {
    Recorder stopped = recorder(new AtomicBoolean());
    stopped.start();
    for (int i = 0; i < 700; i++) {
      stopped.add(open(i));
    }
    stopped.stop(Duration.ofSeconds(10));
    assertThat(dropped()).isZero();

    Recorder next = recorder(new AtomicBoolean(true));
    next.start();
    next.add(open(700));
    Awaitility.await().until(() -> recorded.size() == 701);
    next.stop(Duration.ofSeconds(10));

    assertThat(recorded).hasSize(701).isSorted();
  }

  @Test
  void doesNotWaitForAJournalThatHangs() {
    CompletableFuture<Void> never = new CompletableFuture<>();
    Recorder stuck =
        new Recorder(
            ledger(_ -> never),
            Machines.load(),
            folder.resolve("spill"),
            new SimpleMeterRegistry());
    stuck.start();
    stuck.add(open(0));
    stuck.add(open(1));
    stuck.stop(Duration.ofMillis(10));

    Recorder next = recorder(new AtomicBoolean(true));
    next.start();
    Awaitility.await().until(() -> recorded.size() == 2);
    next.stop(Duration.ofSeconds(10));
    assertThat(recorded).containsExactly(0, 1);
  }

  @Test
  void losesNothingWhenMoreComesThanTheJournalTakes() {
    Recorder recorder = recorder(new AtomicBoolean(true));
    for (int i = 0; i < 60_000; i++) {
      recorder.add(open(i));
    }
    recorder.start();
    Awaitility.await().atMost(Duration.ofSeconds(60)).until(() -> recorded.size() == 60_000);
    recorder.stop(Duration.ofSeconds(10));

    assertThat(spilled()).isPositive();
    assertThat(dropped()).isZero();
    assertThat(recorded).hasSize(60_000);
  }

  /// As many come as are recorded, so that less than what makes memory short waits all the time.
  @Test
  void leavesTheMachineToTheAnswersInAStorm() {
    AtomicReference<Recorder> storm = new AtomicReference<>();
    AtomicInteger next = new AtomicInteger(1_000);
    Recorder recorder =
        new Recorder(
            ledger(event -> {
              recorded.add(Objects.requireNonNull(event.delivery()).ordinal());
              if (next.get() < 3_000) {
                Objects.requireNonNull(storm.get()).add(open(next.getAndIncrement()));
              }
              return CompletableFuture.completedFuture(null);
            }),
            Machines.load(),
            folder.resolve("spill"),
            meters);
    storm.set(recorder);
    for (int i = 0; i < 1_000; i++) {
      recorder.add(open(i));
    }
    recorder.start();
    Awaitility.await().until(() -> recorded.size() == 3_000);
    recorder.stop(Duration.ofSeconds(10));

    assertThat(spilled()).isEqualTo(2_000);
    assertThat(dropped()).isZero();
    assertThat(recorded).hasSize(3_000).isSorted();
  }

  @Test
  void labelsWhoFollowsOneLinkAfterTheOther() {
    List<Event> events = new CopyOnWriteArrayList<>();
    Recorder recorder = recorder(events);
    for (int i = 0; i < 5; i++) {
      recorder.add(click(1, i, NOON.plusSeconds(i)));
    }
    recorder.add(click(2, 0, NOON));
    recorder.add(click(2, 0, NOON.plusSeconds(1)));
    recorder.add(click(2, 1, NOON.plusSeconds(2)));
    recorder.add(click(3, 0, NOON));
    recorder.add(click(3, 1, NOON.plusSeconds(10)));
    recorder.add(click(3, 2, NOON.plusSeconds(20)));
    recorder.start();
    recorder.stop(Duration.ofSeconds(10));

    assertThat(events.subList(0, 5))
        .allSatisfy(event ->
            assertThat(event.facts())
                .containsEntry("machine", "true")
                .containsEntry("machine_reason", "link_sweep"));
    assertThat(events.subList(5, 11))
        .allSatisfy(event ->
            assertThat(event.facts())
                .containsEntry("machine", "false")
                .doesNotContainKey("machine_reason"));
  }

  @Test
  void looksTheOriginUpOnce() {
    Recorder recorder = recorder(-1);
    for (int i = 0; i < 50; i++) {
      recorder.add(open(1));
    }
    recorder.start();
    recorder.stop(Duration.ofSeconds(10));

    assertThat(recorded).hasSize(50);
    assertThat(lookUps).hasValue(1);
  }

  @Test
  void dropsTheOldestWhenTooManyWait() throws Exception {
    List<Long> told = new ArrayList<>();
    Backlog backlog = new Backlog(10, told::add);
    for (int i = 0; i < 13; i++) {
      backlog.add(open(i));
    }

    List<Sighting> taken = backlog.take(100);
    assertThat(taken.getFirst()).isEqualTo(open(3));
    assertThat(taken).hasSize(10);
    assertThat(told).containsExactly(1L, 2L, 3L);

    backlog.giveBack(taken);
    backlog.add(open(13));
    assertThat(backlog.take(1)).containsExactly(open(4));
  }

  @Test
  void boundsTheMemoryOfWhatWaits() {
    List<Long> told = new ArrayList<>();
    Backlog backlog = new Backlog(1_000_000, told::add);
    String link = "https://shop.example/" + "a".repeat(8_000);
    for (int i = 0; i < 40_000; i++) {
      backlog.add(Sighting.click(NOON, key(i), link, VISIT));
    }

    assertThat(backlog.size()).isLessThan(30_000);
    assertThat(told).hasSize(40_000 - backlog.size());
  }

  private Recorder recorder(int poison) {
    return new Recorder(
        ledger(event -> {
          int ordinal = event.delivery() == null ? -1 : event.delivery().ordinal();
          if (ordinal == poison) {
            return CompletableFuture.failedFuture(new IllegalStateException("poison"));
          }
          recorded.add(ordinal);
          return CompletableFuture.completedFuture(null);
        }),
        Machines.load(),
        folder.resolve("spill"),
        meters);
  }

  private TrackingDoor.Ledger ledger(Function<Event, CompletableFuture<Void>> recording) {
    return new TrackingDoor.Ledger(
        _ -> {
          lookUps.incrementAndGet();
          return Optional.empty();
        },
        recording);
  }

  private Recorder recorder(List<Event> events) {
    return new Recorder(
        ledger(event -> {
          events.add(event);
          return CompletableFuture.completedFuture(null);
        }),
        Machines.load(),
        folder.resolve("spill"),
        meters);
  }

  private Recorder recorder(AtomicBoolean works) {
    return new Recorder(
        ledger(event -> {
          if (!works.get() || event.delivery() == null) {
            return CompletableFuture.failedFuture(new IllegalStateException("no journal"));
          }
          recorded.add(event.delivery().ordinal());
          return CompletableFuture.completedFuture(null);
        }),
        Machines.load(),
        folder.resolve("spill"),
        meters);
  }

  private double spilled() {
    return meters.get("waybill.tracking.spilled").counter().count();
  }

  private double waiting() {
    return meters.get("waybill.tracking.waiting").gauge().value();
  }

  private static Sighting click(int ordinal, int link, Instant at) {
    return Sighting.click(at, key(ordinal), "https://shop.example/" + link, VISIT);
  }

  private double dropped() {
    return meters.get("waybill.tracking.dropped").counter().count();
  }

  private static Sighting open(int ordinal) {
    return Sighting.open(NOON, key(ordinal), VISIT);
  }

  private static DeliveryKey key(int ordinal) {
    return new DeliveryKey(new UUID(1, 2), ordinal);
  }
}

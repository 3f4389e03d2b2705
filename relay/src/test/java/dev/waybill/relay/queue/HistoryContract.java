package dev.waybill.relay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.message.TlsWish;
import dev.waybill.relay.queue.HistoryStore.Filter;
import dev.waybill.relay.queue.HistoryStore.Place;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.Facts;
import dev.waybill.relay.testing.MovableClock;
import dev.waybill.relay.testing.QueueBench;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What stays of a message when it is settled, and how one is taken back before, on whichever
/// engine the subclass brings.
abstract class HistoryContract {
  static final long PLENTY = 1L << 30;
  private static final Duration DAY = Duration.ofDays(1);
  private static final AttemptOutcome DELIVERED =
      new AttemptOutcome.Delivered(
          new AttemptOutcome.Peer("mx.example", "192.0.2.1", null), "250 2.0.0 Ok");

  final MovableClock clock = MovableClock.standing();
  @TempDir Path dataDir;
  QueueBench bench;

  /// An empty database, the same one within a test.
  abstract DatabaseSettings database();

  @BeforeEach
  void open() {
    bench = new QueueBench(database(), dataDir, clock, QueueBench.Options.retaining(DAY, PLENTY));
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void retainsWhatIsSettledForAsLongAsItIsTold() {
    UUID first = settled("first");
    sweep();
    assertThat(bytes(first)).contains("first");

    clock.advance(DAY.minusMinutes(1));
    sweep();
    assertThat(bytes(first)).contains("first");

    clock.advance(Duration.ofMinutes(2));
    UUID second = settled("second");
    sweep();
    assertThat(bytes(first)).isEmpty();
    assertThat(bytes(second)).contains("second");
  }

  @Test
  void remembersHowAMessageIsToTravel() {
    for (TlsWish wish : TlsWish.values()) {
      Acceptance message = bench.message("x", "ann@there.example");
      bench.accept(
          new Acceptance(
              Facts.with(message.facts(), wish), message.body(), message.recipients(), null, null));
      settle(bench.next(), QueueContract.deferred());
    }
    assertThat(bench.events())
        .filteredOn(event -> event.type() == EventType.EMAIL_SENT)
        .extracting(event -> event.facts().get("tls_required"))
        .containsExactly(null, "yes", "no");
    clock.advance(Duration.ofHours(1));
    assertThat(List.of(bench.next(), bench.next(), bench.next()))
        .extracting(delivery -> delivery.message().facts().tlsWish())
        .containsExactlyInAnyOrder(TlsWish.values());
  }

  @Test
  void tellsWhyMailComesBackThatNoHostMayHave() {
    bench.accept(bench.message("x", "ann@there.example"));
    settle(
        bench.next(),
        new AttemptOutcome.Rejected(
            null,
            "550 5.7.30 REQUIRETLS support required: mx.example: the host does not offer it",
            new AttemptOutcome.Security("requiretls", "mx.example: not offered", null)));
    assertThat(bench.events().getLast().type()).isEqualTo(EventType.EMAIL_BOUNCED);
    assertThat(bench.events().getLast().facts())
        .containsEntry("tls_policy", "requiretls")
        .containsEntry("tls_reason", "mx.example: not offered")
        .containsEntry("class", "policy")
        .containsEntry("permanence", "block");
  }

  @Test
  void retainsNothingWhenItIsToldSo() {
    reopen(QueueBench.Options.retaining(Duration.ZERO, 0));
    UUID id = bench.accept(bench.message("body", "ann@there.example", "bob@there.example"));
    settle(bench.next(), DELIVERED);
    assertThat(bytes(id)).contains("body");
    settle(bench.next(), DELIVERED);
    assertThat(bytes(id)).isEmpty();
  }

  @Test
  void givesUpTheOldestWhenItIsTooMuch() {
    reopen(QueueBench.Options.retaining(DAY, 10_000));
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < 6; i++) {
      ids.add(settled(i + "x".repeat(3_000)));
      clock.advance(Duration.ofSeconds(1));
    }
    sweep();
    assertThat(bytes(ids.getFirst())).isEmpty();
    assertThat(bytes(ids.getLast())).isPresent();
    assertThat(bytes(ids.get(4))).isPresent();
  }

  @Test
  void keepsWhatADeliveryNeedsHoweverOldAndMuchItIs() {
    reopen(QueueBench.Options.retaining(DAY, 1));
    UUID waiting = bench.accept(bench.message("a body that stays", "ann@slow.example"));
    settle(bench.next(), QueueContract.deferred());
    List<UUID> settled = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      settled.add(settled("x".repeat(3_000)));
    }
    for (int i = 0; i < 4; i++) {
      clock.advance(Duration.ofHours(20));
      settled("y".repeat(5_000));
      sweep();
      if (bench.poll(Duration.ofSeconds(10)) instanceof ReadyDelivery again) {
        assertThat(again.message().bytes()).asString().isEqualTo("a body that stays");
        settle(again, QueueContract.deferred());
      }
    }
    assertThat(settled).allSatisfy(id -> assertThat(bytes(id)).isEmpty());
    assertThat(bytes(waiting)).contains("a body that stays");
  }

  @Test
  void countsTheTimeOnAfterARestart() {
    UUID id = settled("x".repeat(5_000));
    clock.advance(DAY.dividedBy(2));
    UUID later = settled("y".repeat(5_000));
    reopen(QueueBench.Options.retaining(DAY, PLENTY));
    sweep();
    assertThat(bytes(id)).isPresent();

    clock.advance(DAY.dividedBy(2).plusMinutes(1));
    reopen(QueueBench.Options.retaining(DAY, PLENTY));
    sweep();
    assertThat(bytes(id)).isEmpty();
    assertThat(bytes(later)).isPresent();
  }

  @Test
  void givesRetainedBodiesUpBeforeTheDiskIsTooFullForNewMail() throws Exception {
    bench.close();
    long free = Files.getFileStore(dataDir).getUsableSpace();
    reopen(QueueBench.Options.retaining(DAY, PLENTY).withMinFreeDisk(free / 4 * 3));
    UUID id = settled("x".repeat(5_000));
    settled("y".repeat(5_000));
    sweep();
    afterTheLookAtTheDisk(id);
    assertThat(bench.queue.health()).isInstanceOf(HealthGate.State.Open.class);
  }

  /// Only bodies on the watched disk make room there.
  abstract void afterTheLookAtTheDisk(UUID settled);

  @Test
  void listsTheNewestFirstAndPagesBothWays() {
    List<UUID> ids = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      ids.add(settled("x"));
      clock.advance(Duration.ofSeconds(1));
    }
    assertThat(list(Filter.NONE, null, false, 2)).containsExactly(ids.get(4), ids.get(3));
    assertThat(list(Filter.NONE, ids.get(3), false, 2)).containsExactly(ids.get(2), ids.get(1));
    assertThat(list(Filter.NONE, ids.get(1), true, 2)).containsExactly(ids.get(3), ids.get(2));
    assertThat(bench.queue.history().find(ids.get(2)).orElseThrow().subject()).isEqualTo("Hello");
    assertThat(bench.queue.history().find(UUID.randomUUID())).isEmpty();
  }

  @Test
  void listsByDomainTagAndRecipient() {
    UUID ann = bench.accept(bench.message("x", "ann@there.example", "cid@there.example"));
    clock.advance(Duration.ofSeconds(1));
    UUID bob = bench.accept(bench.message("x", "bob@there.example"));
    DomainName sender = DomainName.of("sender.example");

    assertThat(list(new Filter(sender, null, null), null, false, 9)).containsExactly(bob, ann);
    assertThat(list(new Filter(DomainName.of("other.example"), null, null), null, false, 9))
        .isEmpty();
    assertThat(list(new Filter(null, "none", null), null, false, 9)).isEmpty();
    EmailAddress cid = EmailAddress.of("cid@there.example");
    assertThat(list(new Filter(sender, null, cid), null, false, 9)).containsExactly(ann);
    assertThat(list(new Filter(null, null, cid), bob, false, 9)).containsExactly(ann);
    assertThat(list(new Filter(null, null, cid), ann, true, 9)).isEmpty();
  }

  @Test
  void tellsWhatStillWaits() {
    UUID id = bench.accept(bench.message("x", "ann@there.example", "bob@there.example"));
    settle(bench.next(), QueueContract.deferred());

    List<HistoryStore.Waiting> waiting = bench.queue.history().waiting(id);
    assertThat(waiting)
        .extracting(each -> each.ordinal() + " " + each.recipient() + " " + each.state())
        .containsExactly("0 ann@there.example deferred", "1 bob@there.example sending");
    assertThat(waiting.getFirst().lastReply()).isEqualTo("451 4.7.1 Try later");
    assertThat(waiting.getFirst().attempts()).isEqualTo(1);
    assertThat(waiting.getFirst().dueAt()).isAfter(clock.instant());
  }

  @Test
  void tellsTheRecipientsOfAMessageFromTheJournal() {
    UUID id = bench.accept(bench.message("x", "ann@there.example", "bob@there.example"));
    settle(bench.next(), DELIVERED);

    assertThat(bench.journal.recipients(id, 50))
        .extracting(event -> event.recipient() + " " + event.type().text())
        .containsExactly("ann@there.example email.sent", "bob@there.example email.sent");
    assertThat(bench.journal.recipients(id, 1)).hasSize(1);
    assertThat(bench.journal.origin(id, "bob@there.example").orElseThrow().delivery())
        .isEqualTo(new DeliveryKey(id, 1));
    assertThat(bench.journal.origin(id, "cid@there.example")).isEmpty();
    assertThat(bench.journal.of(new DeliveryKey(id, 0), 9)).hasSize(2);
  }

  /// Accepted, delivered and out of the way.
  UUID settled(String body) {
    UUID id = bench.accept(bench.message(body, "ann@there.example"));
    ReadyDelivery delivery = bench.next();
    while (!delivery.key().messageId().equals(id)) {
      settle(delivery, QueueContract.deferred());
      delivery = bench.next();
    }
    settle(delivery, DELIVERED);
    return id;
  }

  /// A segment goes when it was closed before the last sweep.
  void sweep() {
    for (int i = 0; i < 4; i++) {
      bench.queue.sweepNow();
    }
  }

  void reopen(QueueBench.Options options) {
    bench.close();
    bench = new QueueBench(database(), dataDir, clock, options);
  }

  Optional<String> bytes(UUID id) {
    return bench.queue.submitted(id).map(octets -> new String(octets, StandardCharsets.UTF_8));
  }

  private List<UUID> list(Filter filter, @Nullable UUID from, boolean back, int limit) {
    return bench.queue.history().list(filter, new Place(from, back), limit).stream()
        .map(MessageFacts::id)
        .toList();
  }

  private void settle(ReadyDelivery delivery, AttemptOutcome outcome) {
    bench.queue.settle(delivery, outcome).join();
  }
}

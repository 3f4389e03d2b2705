package dev.waybill.relay.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.MovableClock;
import dev.waybill.relay.testing.QueueBench;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What operators may do with waiting deliveries, on whichever engine the subclass brings.
abstract class OperationsContract {
  private static final AttemptOutcome.Peer PEER =
      new AttemptOutcome.Peer("mx.example", "192.0.2.1", null);
  private static final Operation HOLD = new Operation.Hold("being looked at");
  private static final Operation CANCEL = new Operation.Cancel("sent by mistake");
  private static final Operation RELEASE = new Operation.Release();
  private static final Operation RETRY = new Operation.Retry();

  final MovableClock clock = MovableClock.standing();
  @TempDir Path dataDir;
  QueueBench bench;
  private final AtomicInteger retries = new AtomicInteger();
  private Function<Set<DeliveryKey>, Map<DeliveryKey, String>> waits = _ -> Map.of();
  private Operations operations;

  /// An empty database, the same one within a test.
  abstract DatabaseSettings database(Path dataDir);

  @BeforeEach
  void open() {
    bench = opened(clock);
    operations = operations(bench, clock);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  Operations operations(QueueBench node, MovableClock time) {
    return new Operations(
        node.database,
        node.journal,
        node.queue,
        time,
        new Operations.Carrier(
            retries::incrementAndGet, node::withdraw, keys -> waits.apply(keys)));
  }

  QueueBench opened(MovableClock time) {
    return new QueueBench(database(dataDir), dataDir, time, QueueBench.Options.usual());
  }

  @Test
  void triesDeferredMailNow() {
    deferred("ann@there.example");
    bench.accept(
        bench.message("y", clock.instant().plus(Duration.ofHours(2)), "bob@there.example"));
    clock.advance(Duration.ofSeconds(1));

    assertThat(change(RETRY, Selection.ALL).deliveries()).isEqualTo(1);
    ReadyDelivery again = bench.next();
    assertThat(again.recipient()).isEqualTo(EmailAddress.of("ann@there.example"));
    assertThat(again.attempts()).isEqualTo(1);
    assertThat(retries).hasValue(1);
    assertThat(states()).containsEntry("scheduled", 1L).containsEntry("sending", 1L);
  }

  @Test
  void tellsWhyWhatIsInHandHasNotGone() {
    deferred("ann@there.example");
    UUID bob = bench.accept(bench.message("y", "bob@there.example"));
    UUID cid = bench.accept(bench.message("z", "cid@there.example"));
    DeliveryKey waiting = new DeliveryKey(bob, 0);
    waits =
        keys -> {
          assertThat(keys).containsExactlyInAnyOrder(waiting, new DeliveryKey(cid, 0));
          return Map.of(waiting, "site at its connection limit: 5");
        };
    assertThat(operations.list(Selection.ALL, null, 10))
        .extracting(WaitingDelivery::recipient, WaitingDelivery::reason)
        .containsExactlyInAnyOrder(
            tuple("ann@there.example", "451 4.7.1 Try later"),
            tuple("bob@there.example", "site at its connection limit: 5"),
            tuple("cid@there.example", null));
  }

  @Test
  void meansWhatEveryConditionSays() {
    UUID ann = deferred("Ann@there.example");
    UUID bob = deferred("bob@here.example");
    clock.advance(Duration.ofHours(1));
    var _ = bench.next();
    var _ = bench.next();
    bench.accept(bench.message("z", clock.instant().plusSeconds(600), "cid@here.example"));
    DomainName here = DomainName.of("here.example");
    EmailAddress annInLower = EmailAddress.of("ann@there.example");
    DomainName sender = DomainName.of("sender.example");
    Instant before = clock.instant().minusSeconds(1);

    assertThat(found(Selection.ofMessage(ann))).containsExactly("Ann@there.example");
    assertThat(found(Selection.to(here)))
        .containsExactlyInAnyOrder("bob@here.example", "cid@here.example");
    assertThat(found(new Selection(null, annInLower, null, null, null, null, null, null)))
        .containsExactly("Ann@there.example");
    assertThat(found(new Selection(null, null, here, null, null, null, before, null)))
        .containsExactly("bob@here.example");
    assertThat(found(new Selection(null, null, null, sender, "transactional", null, null, null)))
        .hasSize(3);
    assertThat(found(new Selection(null, null, null, null, "marketing", null, null, null)))
        .isEmpty();
    assertThat(
            found(new Selection(null, null, null, null, null, DeliveryState.SCHEDULED, null, null)))
        .containsExactly("cid@here.example");
    assertThat(found(new Selection(null, null, null, null, null, null, null, "TRY LATER")))
        .containsExactlyInAnyOrder("Ann@there.example", "bob@here.example");
    assertThat(found(new Selection(null, null, null, null, null, null, null, "100%"))).isEmpty();
    assertThat(found(new Selection(bob, annInLower, null, null, null, null, null, null))).isEmpty();
  }

  @Test
  void listsPageByPage() {
    for (int i = 0; i < 5; i++) {
      bench.accept(
          bench.message("z", clock.instant().plusSeconds(600), "a@x.example", "b@x.example"));
    }
    List<WaitingDelivery> all = operations.list(Selection.ALL, null, 100);
    List<WaitingDelivery> walked = new ArrayList<>();
    DeliveryKey last = null;
    for (int page = 0; page < 4; page++) {
      List<WaitingDelivery> some = operations.list(Selection.ALL, last, 3);
      walked.addAll(some);
      last = some.getLast().key();
    }
    assertThat(all).hasSize(10);
    assertThat(walked).isEqualTo(all);
    WaitingDelivery first = all.getFirst();
    assertThat(first.state()).isEqualTo(DeliveryState.SCHEDULED);
    assertThat(first.facts().headerFrom()).isEqualTo("app@sender.example");
    assertThat(first.dueAt()).isEqualTo(clock.instant().plusSeconds(600));
  }

  @Test
  void whatIsHeldWaitsOverARestartUntilItIsReleased() {
    deferred("ann@there.example");
    Instant later = clock.instant().plus(Duration.ofDays(2));
    bench.accept(bench.message("y", later, "bob@there.example"));

    assertThat(operations.count(HOLD, Selection.ALL))
        .isEqualTo(Map.of(DeliveryState.DEFERRED, 1L, DeliveryState.SCHEDULED, 1L));
    assertThat(change(HOLD, Selection.ALL).deliveries()).isEqualTo(2);
    assertThat(change(HOLD, Selection.ALL).deliveries()).isZero();
    bench.close();
    bench = opened(clock);
    operations = operations(bench, clock);
    clock.advance(Duration.ofDays(1));
    assertThat(states()).isEqualTo(Map.of("held", 2L));
    assertThat(operations.list(Selection.ALL, null, 10))
        .extracting(WaitingDelivery::reason)
        .containsOnly("being looked at");

    assertThat(change(RELEASE, Selection.ALL).deliveries()).isEqualTo(2);
    assertThat(bench.next().recipient()).isEqualTo(EmailAddress.of("ann@there.example"));
    assertThat(states()).isEqualTo(Map.of("sending", 1L, "scheduled", 1L));
    clock.advance(Duration.ofDays(2));
    assertThat(bench.next().recipient()).isEqualTo(EmailAddress.of("bob@there.example"));
  }

  @Test
  void whatARouteHoldsWaitsOverARestartAndPassesItOnceReleased() {
    bench.accept(bench.message("y", "ann@there.example"));
    settle(bench.next(), new AttemptOutcome.Held("later"));
    assertThat(bench.told())
        .endsWith("email.sent ann@there.example", "email.delivery_delayed ann@there.example");
    assertThat(bench.events().getLast().facts())
        .containsEntry("reason", "held by route later")
        .containsEntry("route", "later")
        .containsEntry("held", "true");
    bench.close();
    bench = opened(clock);
    operations = operations(bench, clock);

    assertThat(operations.list(Selection.ALL, null, 10))
        .singleElement()
        .satisfies(waiting -> {
          assertThat(waiting.state()).isEqualTo(DeliveryState.HELD);
          assertThat(waiting.reason()).isEqualTo("held by route later");
        });
    assertThat(bench.poll(Duration.ofMillis(300))).isNull();
    assertThat(change(RELEASE, Selection.ALL).deliveries()).isEqualTo(1);
    ReadyDelivery released = bench.next();
    assertThat(released.heldRoute()).isEqualTo("later");
    assertThat(released.attempts()).isZero();

    // it passes for good: the next attempt does so too
    settle(released, new AttemptOutcome.Deferred(PEER, "451 try later", Optional.empty()));
    clock.advance(Duration.ofHours(1));
    assertThat(bench.next().heldRoute()).isEqualTo("later");
  }

  @Test
  void whatARouteDiscardsIsToldAsThat() {
    bench.accept(bench.message("y", "ann@there.example"));
    settle(bench.next(), new AttemptOutcome.Discarded("void"));

    assertThat(bench.told())
        .containsExactly("email.sent ann@there.example", "email.cancelled ann@there.example");
    assertThat(bench.events().getLast().facts())
        .isEqualTo(Map.of("reason", "discarded by route void", "route", "void"));
    assertThat(states()).isEmpty();
  }

  @Test
  void whatWaitsForItsTurnInMemoryIsHeldAtOnce() {
    bench.accept(bench.message("x", "ann@there.example"));
    await().until(() -> bench.waiting() == 1);

    Operations.Change held = change(HOLD, Selection.ALL);

    assertThat(held.beingSent()).isEqualTo(1);
    await().until(() -> fulfilled().equals(Map.of("held", 1L)));
    assertThat(bench.waiting()).isZero();
    assertThat(change(RELEASE, Selection.ALL).deliveries()).isEqualTo(1);
    assertThat(bench.next().attempts()).isZero();
  }

  @Test
  void anAttemptThatIsUnderWayIsFollowedByTheWish() {
    bench.accept(bench.message("x", "ann@there.example"));
    ReadyDelivery underWay = bench.next();
    change(HOLD, Selection.ALL);
    settle(underWay, deferral());
    assertThat(states()).isEqualTo(Map.of("held", 1L));

    change(RELEASE, Selection.ALL);
    ReadyDelivery again = bench.next();
    assertThat(again.attempts()).isEqualTo(1);
    change(CANCEL, Selection.ALL);
    settle(again, deferral());
    await().until(() -> fulfilled().isEmpty());
    assertThat(bench.told())
        .containsExactly(
            "email.sent ann@there.example",
            "email.delivery_delayed ann@there.example",
            "email.cancelled ann@there.example");
  }

  @Test
  void whatArrivesAllTheSameIsDelivered() {
    bench.accept(bench.message("x", "ann@there.example"));
    ReadyDelivery underWay = bench.next();
    change(CANCEL, Selection.ALL);
    settle(underWay, new AttemptOutcome.Delivered(PEER, "250 Ok"));

    assertThat(states()).isEmpty();
    assertThat(bench.told())
        .containsExactly("email.sent ann@there.example", "email.delivered ann@there.example");
  }

  @Test
  void aHoldCanBeTakenBackWhileTheAttemptIsUnderWay() {
    bench.accept(bench.message("x", "ann@there.example"));
    ReadyDelivery underWay = bench.next();
    change(HOLD, Selection.ALL);
    assertThat(change(RELEASE, Selection.ALL).beingSent()).isEqualTo(1);
    settle(underWay, deferral());

    assertThat(states()).isEqualTo(Map.of("deferred", 1L));
  }

  @Test
  void whatIsCancelledIsToldOnceAndNeverSent() {
    UUID ann = deferred("ann@there.example");
    deferred("bob@there.example");

    assertThat(change(CANCEL, Selection.ofMessage(ann)).deliveries()).isEqualTo(1);
    assertThat(change(CANCEL, Selection.ofMessage(ann)).deliveries()).isZero();
    assertThat(bench.events().getLast().facts()).isEqualTo(Map.of("reason", "sent by mistake"));
    clock.advance(Duration.ofDays(6));
    assertThat(bench.next().recipient()).isEqualTo(EmailAddress.of("bob@there.example"));
    assertThat(bench.told()).containsOnlyOnce("email.cancelled ann@there.example");
  }

  @Test
  void aWishOutlivesTheNodeThatHadTheDeliveryInHand() {
    bench.accept(bench.message("x", "ann@there.example"));
    bench.accept(bench.message("y", "bob@there.example"));
    var _ = bench.next();
    var _ = bench.next();
    change(
        HOLD,
        new Selection(
            null, EmailAddress.of("ann@there.example"), null, null, null, null, null, null));
    change(
        CANCEL,
        new Selection(
            null, EmailAddress.of("bob@there.example"), null, null, null, null, null, null));
    bench.close();
    bench = opened(clock);
    operations = operations(bench, clock);

    await().until(() -> fulfilled().equals(Map.of("held", 1L)));
    assertThat(bench.told()).contains("email.cancelled bob@there.example");
    assertThat(bench.waiting()).isZero();
  }

  @Test
  void goesOnWhereItEnded() {
    String[] many = new String[12_000];
    for (int i = 0; i < many.length; i++) {
      many[i] = "r" + i + "@there.example";
    }
    bench.accept(bench.message("x", clock.instant().plusSeconds(600), many));
    Instant start = clock.instant();

    Operations.Change first = operations.change(CANCEL, Selection.ALL, null, start);
    assertThat(first.deliveries()).isEqualTo(10_000);
    Operations.Change second = operations.change(CANCEL, Selection.ALL, first.next(), start);
    assertThat(second).isEqualTo(new Operations.Change(2_000, 0, null));
    assertThat(states()).isEmpty();
  }

  Operations.Change change(Operation operation, Selection selection) {
    return operations.change(operation, selection, null, clock.instant());
  }

  /// As the relay's timer does.
  Map<String, Long> fulfilled() {
    operations.fulfil();
    return states();
  }

  Map<String, Long> states() {
    Map<String, Long> some = new HashMap<>(bench.queue.summary().states());
    some.values().removeIf(count -> count == 0);
    return some;
  }

  private List<String> found(Selection selection) {
    return operations.list(selection, null, 100).stream().map(WaitingDelivery::recipient).toList();
  }

  private UUID deferred(String recipient) {
    UUID id = bench.accept(bench.message("x", recipient));
    settle(bench.next(), deferral());
    return id;
  }

  void settle(ReadyDelivery delivery, AttemptOutcome outcome) {
    bench.queue.settle(delivery, outcome).join();
  }

  private static AttemptOutcome deferral() {
    return new AttemptOutcome.Deferred(PEER, "451 4.7.1 Try later", Optional.empty());
  }
}

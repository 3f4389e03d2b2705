package dev.waybill.relay.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.breakers.Breaker;
import dev.waybill.relay.breakers.BreakerSettings;
import dev.waybill.relay.breakers.BreakerState;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.queue.Acceptance;
import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.testing.MovableClock;
import dev.waybill.relay.testing.QueueBench;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// How a stream is stopped and let go again, on whichever engine the subclass brings.
abstract class BreakersContract {
  private static final AttemptOutcome.Peer PEER =
      new AttemptOutcome.Peer("mx.example", "192.0.2.1", null);
  private static final AttemptOutcome TAKEN = new AttemptOutcome.Delivered(PEER, "250 2.0.0 Ok");
  private static final AttemptOutcome NO_SUCH =
      new AttemptOutcome.Rejected(PEER, "550 5.1.1 no such user");
  private static final AttemptOutcome LATER =
      new AttemptOutcome.Deferred(PEER, "451 4.7.1 later", Optional.empty());
  private static final String DOMAIN = "sender.example";
  private static final String NEWS = "marketing";
  private static final Duration LOOK = Duration.ofSeconds(2);

  final MovableClock clock = MovableClock.standing();
  @TempDir Path dataDir;
  QueueBench bench;
  BreakerWatch watch;
  private Operations operations;

  /// An empty database, the same one within a test.
  abstract DatabaseSettings database(Path dataDir);

  @BeforeEach
  void open() {
    bench = opened(BreakerSettings.Mode.HOLD);
    operations = operations(bench);
    watch = new BreakerWatch(bench.breakers, operations, clock);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  QueueBench opened(BreakerSettings.Mode mode) {
    BreakerSettings usual = BreakerSettings.standard();
    return new QueueBench(
        database(dataDir),
        dataDir,
        clock,
        QueueBench.Options.usual()
            .with(
                new BreakerSettings(
                    mode, Map.of(), usual.complaints(), usual.bounces(), usual.windows(), 100)));
  }

  Operations operations(QueueBench node) {
    return new Operations(
        node.database,
        node.journal,
        node.queue,
        clock,
        new Operations.Carrier(() -> {}, node::withdraw, _ -> Map.of()));
  }

  @Test
  void aHandfulTripsNothing() {
    send(Stream.MARKETING, 95, TAKEN);
    send(Stream.MARKETING, 4, NO_SUCH);
    watch.look();

    assertThat(news().state()).isEqualTo(BreakerState.OK);
    assertThat(news().longer().hard()).isEqualTo(4);
    send(Stream.MARKETING, 2, TAKEN);
    watch.look();
    // 4 % of 101 is above the limit, but four bounces are an accident
    assertThat(news().state()).isEqualTo(BreakerState.OK);
    assertThat(told("stream")).isEmpty();
  }

  @Test
  void judgesAgainWhenThereIsEnoughMail() {
    send(Stream.MARKETING, 20, NO_SUCH);
    watch.look();
    assertThat(news().state()).isEqualTo(BreakerState.OK);
    send(Stream.MARKETING, 79, TAKEN);
    watch.look();
    assertThat(news().state()).isEqualTo(BreakerState.OK);
    send(Stream.MARKETING, 1, TAKEN);
    watch.look();
    assertThat(news().state()).isEqualTo(BreakerState.HELD);
  }

  @Test
  void warnsBeforeItHolds() {
    send(Stream.MARKETING, 120, TAKEN);
    send(Stream.MARKETING, 5, NO_SUCH);
    watch.look();
    watch.look();

    assertThat(news().state()).isEqualTo(BreakerState.WARNED);
    assertThat(told("stream")).containsExactly("stream.warned");
    send(Stream.MARKETING, 200, TAKEN);
    watch.look();
    assertThat(news().state()).isEqualTo(BreakerState.OK);
    assertThat(told("stream")).containsExactly("stream.warned");
  }

  @Test
  void holdsWhatComesAndWhatWaits() {
    UUID deferred = bench.accept(letter(Stream.MARKETING, "late@there.example"));
    settle(bench.next(), LATER);
    send(Stream.MARKETING, 100, TAKEN);
    bench.accept(letter(Stream.MARKETING, "hand@there.example"));
    ReadyDelivery inHand = bench.next();
    UUID receipt = bench.accept(letter(Stream.TRANSACTIONAL, "buyer@there.example"));
    ReadyDelivery other = bench.next();
    assertThat(other.key().messageId()).isEqualTo(receipt);
    send(Stream.MARKETING, 6, NO_SUCH);
    watch.look();

    assertThat(news().state()).isEqualTo(BreakerState.HELD);
    assertThat(news().reason()).isEqualTo("circuit breaker: 5.66% hard bounces (6 of 106 in 24h)");
    assertThat(told("stream")).containsExactly("stream.held");
    assertThat(states(deferred)).containsExactly("held");
    UUID born = bench.accept(letter(Stream.MARKETING, "new@there.example"));
    assertThat(states(born)).containsExactly("held");
    assertThat(bench.journal.origin(new DeliveryKey(born, 0)).orElseThrow().facts())
        .containsEntry("held", "circuit breaker: 5.66% hard bounces (6 of 106 in 24h)");
    settle(inHand, LATER);
    assertThat(states(inHand.key().messageId())).containsExactly("held");
    settle(other, LATER);
    assertThat(states(receipt)).containsExactly("deferred");
    assertThat(bench.poll(Duration.ofMillis(50))).isNull();
  }

  @Test
  void neverHoldsATransactionalStream() {
    send(Stream.TRANSACTIONAL, 100, TAKEN);
    send(Stream.TRANSACTIONAL, 50, NO_SUCH);
    watch.look();

    assertThat(found(bench, "transactional").state()).isEqualTo(BreakerState.WARNED);
    bench.accept(letter(Stream.TRANSACTIONAL, "ann@there.example"));
    assertThat(bench.next().recipient()).hasToString("ann@there.example");
  }

  @Test
  void outlastsARestart() {
    trip();
    UUID born = bench.accept(letter(Stream.MARKETING, "new@there.example"));
    bench.close();
    open();
    assertThat(states(born)).containsExactly("held");
    assertThat(states(bench.accept(letter(Stream.MARKETING, "newer@there.example"))))
        .containsExactly("held");
    assertThat(bench.breakers.release(DOMAIN, NEWS)).isPresent();
    bench.close();
    open();
    watch.look();
    assertThat(List.of(bench.next(), bench.next()))
        .extracting(ready -> ready.recipient().toString())
        .containsExactlyInAnyOrder("new@there.example", "newer@there.example");
  }

  @Test
  void letsGoAndCountsAnew() {
    UUID byHand = bench.accept(letter(Stream.MARKETING, "hand@there.example"));
    settle(bench.next(), LATER);
    var _ =
        operations.change(
            new Operation.Hold("wrong link"), Selection.ofMessage(byHand), null, clock.instant());
    DeliveryKey old = send(Stream.MARKETING, 1, TAKEN).getFirst();
    trip();
    UUID born = bench.accept(letter(Stream.MARKETING, "new@there.example"));
    clock.advance(Duration.ofHours(1));

    assertThat(bench.breakers.release(DOMAIN, "no-such")).isEmpty();
    assertThat(bench.breakers.release(DOMAIN, NEWS).orElseThrow().state())
        .isEqualTo(BreakerState.RELEASING);
    watch.look();
    assertThat(bench.next().key().messageId()).isEqualTo(born);
    assertThat(states(byHand)).containsExactly("held");
    clock.advance(LOOK);
    watch.look();
    clock.advance(Duration.ofMinutes(1));
    watch.look();
    assertThat(news().state()).isEqualTo(BreakerState.OK);
    assertThat(told("stream")).containsExactly("stream.held", "stream.released");

    // what was delivered before the release says nothing about what is sent since
    complain(old);
    assertThat(news().longer().settled()).isZero();
    assertThat(news().longer().complained()).isZero();
    send(Stream.MARKETING, 100, TAKEN);
    watch.look();
    assertThat(news().state()).isEqualTo(BreakerState.OK);
    send(Stream.MARKETING, 6, NO_SUCH);
    watch.look();
    assertThat(news().state()).isEqualTo(BreakerState.HELD);
  }

  @Test
  void countsAComplaintForTheHourOfItsCopy() {
    List<DeliveryKey> monday = send(Stream.MARKETING, 100, TAKEN);
    clock.advance(Duration.ofDays(2));
    monday.subList(0, 5).forEach(this::complain);
    send(Stream.MARKETING, 100, TAKEN);
    watch.look();

    assertThat(news().recent().complained()).isZero();
    assertThat(news().longer().complained()).isEqualTo(5);
    assertThat(news().reason()).isEqualTo("circuit breaker: 2.50% complaints (5 of 200 in 7d)");
    clock.advance(Duration.ofDays(6));
    watch.look();
    assertThat(news().longer().complained()).isZero();
    assertThat(news().state()).isEqualTo(BreakerState.HELD);
  }

  @Test
  void saysNothingWhereItIsOff() {
    bench.close();
    bench = opened(BreakerSettings.Mode.OFF);
    operations = operations(bench);
    watch = new BreakerWatch(bench.breakers, operations, clock);
    trip();
    assertThat(bench.breakers.list(null)).isEmpty();
  }

  /// Makes the marketing stream bounce far too often, and looks.
  void trip() {
    send(Stream.MARKETING, 100, TAKEN);
    send(Stream.MARKETING, 20, NO_SUCH);
    watch.look();
  }

  private List<DeliveryKey> send(Stream stream, int count, AttemptOutcome outcome) {
    String[] recipients =
        IntStream.range(0, count)
            .mapToObj(i -> "r" + i + "@r" + i + ".example")
            .toArray(String[]::new);
    bench.accept(letter(stream, recipients));
    List<DeliveryKey> keys = new ArrayList<>();
    for (int i = 0; i < count; i++) {
      ReadyDelivery ready = bench.next();
      settle(ready, outcome);
      keys.add(ready.key());
    }
    return keys;
  }

  Acceptance letter(Stream stream, String... recipients) {
    return bench.message("x", stream, null, recipients);
  }

  private void settle(ReadyDelivery ready, AttemptOutcome outcome) {
    bench.queue.settle(ready, outcome).join();
  }

  private void complain(DeliveryKey delivery) {
    List<Event> story = bench.journal.of(delivery, 100);
    Event complaint =
        new Event(EventType.EMAIL_COMPLAINED, clock.instant(), delivery, null, DOMAIN, Map.of());
    var _ =
        bench.database.durably(handle -> {
          bench.breakers.late(handle, complaint, story);
          return true;
        });
  }

  private Breaker news() {
    return found(bench, NEWS);
  }

  static Breaker found(QueueBench node, String stream) {
    return node.breakers.list(DOMAIN).stream()
        .filter(each -> each.key().stream().equals(stream))
        .findFirst()
        .orElseThrow();
  }

  List<String> states(UUID message) {
    return operations.list(Selection.ofMessage(message), null, 10).stream()
        .map(waiting -> waiting.state().text())
        .toList();
  }

  private List<String> told(String prefix) {
    return bench.events().stream()
        .map(event -> event.type().text())
        .filter(type -> type.startsWith(prefix + "."))
        .toList();
  }
}

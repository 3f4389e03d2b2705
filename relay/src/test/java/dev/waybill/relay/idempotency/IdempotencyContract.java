package dev.waybill.relay.idempotency;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.relay.queue.Acceptance;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.storage.StorageException;
import dev.waybill.relay.testing.MovableClock;
import dev.waybill.relay.testing.QueueBench;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What keys promise, on whichever engine the subclass brings.
abstract class IdempotencyContract {
  private static final UUID DOMAIN = UUID.randomUUID();

  final MovableClock clock = MovableClock.standing();
  @TempDir Path dataDir;
  private QueueBench bench;
  private Idempotency idempotency;

  /// An empty database, the same one within a test.
  abstract DatabaseSettings database();

  @BeforeEach
  void open() {
    bench = new QueueBench(database(), dataDir, clock, QueueBench.Options.usual());
    idempotency = new Idempotency(bench.database, clock);
  }

  @AfterEach
  void close() {
    bench.close();
  }

  @Test
  void theSameAgainIsTheFirstOne() {
    Receipt first = hand("order-17", "hello").join();
    Receipt again = hand("order-17", "hello").join();

    assertThat(again).isEqualTo(first).isInstanceOf(Receipt.Queued.class);
    assertThat(bench.told()).containsExactly("email.sent ann@there.example");
  }

  @Test
  void somethingElseUnderTheKeyIsRefused() {
    hand("order-17", "hello").join();

    assertThat(hand("order-17", "good bye").join()).isEqualTo(new Receipt.KeyTaken());
    assertThat(hand("order-18", "good bye").join()).isInstanceOf(Receipt.Queued.class);
    assertThat(bench.told()).hasSize(2);
  }

  @Test
  void outlivesARestart() {
    Receipt first = hand("order-17", "hello").join();
    bench.close();
    open();

    assertThat(hand("order-17", "hello").join()).isEqualTo(first);
    assertThat(hand("order-17", "good bye").join()).isEqualTo(new Receipt.KeyTaken());
    assertThat(bench.told()).containsExactly("email.sent ann@there.example");
  }

  @Test
  void aDayLaterTheKeyIsFree() {
    Receipt first = hand("order-17", "hello").join();
    clock.advance(Duration.ofHours(24));

    assertThat(hand("order-17", "good bye").join())
        .isInstanceOf(Receipt.Queued.class)
        .isNotEqualTo(first);
  }

  @Test
  void ofManyAtOnceOneIsAccepted() {
    List<CompletableFuture<Receipt>> all = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      all.add(CompletableFuture.supplyAsync(() -> hand("order-17", "hello").join()));
    }

    assertThat(all.stream().map(CompletableFuture::join).distinct()).hasSize(1);
    assertThat(bench.told()).containsExactly("email.sent ann@there.example");
  }

  /// Two nodes do not know of each other until one of them has stored the key.
  @Test
  void whoIsSecondAtTheDatabaseGetsTheFirstOne() {
    Acceptance first = message("order-17", "hello");
    Acceptance second = message("order-17", "hello");
    Idempotency other = new Idempotency(bench.database, clock);
    Receipt receipt =
        idempotency
            .once(
                key(first),
                first.facts().id(),
                () -> {
                  other
                      .once(key(second), second.facts().id(), () -> bench.queue.accept(second))
                      .join();
                  return bench.queue.accept(first);
                })
            .join();

    assertThat(receipt).isEqualTo(new Receipt.Queued(second.facts().id()));
    assertThat(bench.told()).containsExactly("email.sent ann@there.example");
  }

  @Test
  void whatFailedMayBeHandedInAgain() {
    AtomicInteger calls = new AtomicInteger();
    Acceptance message = message("order-17", "hello");
    assertThatThrownBy(() ->
            idempotency
                .once(
                    key(message),
                    message.facts().id(),
                    () -> {
                      calls.incrementAndGet();
                      return CompletableFuture.failedFuture(
                          new StorageException("full", new IllegalStateException()));
                    })
                .join())
        .hasRootCauseInstanceOf(IllegalStateException.class);

    assertThat(hand("order-17", "hello").join()).isInstanceOf(Receipt.Queued.class);
    assertThat(calls).hasValue(1);
  }

  private CompletableFuture<Receipt> hand(String key, String body) {
    Acceptance acceptance = message(key, body);
    return idempotency.once(
        key(acceptance), acceptance.facts().id(), () -> bench.queue.accept(acceptance));
  }

  private Acceptance message(String key, String body) {
    Acceptance plain = bench.message(body, "ann@there.example");
    MessageDigest content = IdempotencyKey.digest();
    content.update(body.getBytes(StandardCharsets.UTF_8));
    return new Acceptance(
        plain.facts(),
        plain.body(),
        plain.recipients(),
        IdempotencyKey.of(DOMAIN, key, content),
        null);
  }

  private static IdempotencyKey key(Acceptance acceptance) {
    IdempotencyKey key = acceptance.idempotencyKey();
    if (key == null) {
      throw new AssertionError("no key");
    }
    return key;
  }
}

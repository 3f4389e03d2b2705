package dev.waybill.relay.queue;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.storage.StorageException;
import dev.waybill.relay.testing.MovableClock;
import dev.waybill.relay.testing.QueueBench;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.Statement;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What the queue promises, on whichever engine the subclass brings.
abstract class QueueContract {
  private static final AttemptOutcome.Peer PEER =
      new AttemptOutcome.Peer("mx.example", "192.0.2.1", null);

  private static final QueueSettings.Retention KEEPS_NOTHING =
      new QueueSettings.Retention(Duration.ofDays(30), Duration.ZERO, 0);

  final MovableClock clock = MovableClock.standing();
  @TempDir Path dataDir;
  QueueBench bench;

  /// An empty database, the same one within a test.
  abstract DatabaseSettings database();

  @BeforeEach
  void open() {
    bench = reopened(QueueBench.Options.usual());
  }

  @AfterEach
  void close() {
    bench.close();
  }

  QueueBench reopened(QueueBench.Options options) {
    return new QueueBench(database(), dataDir, clock, options);
  }

  @Test
  void handsAnAcceptedMessageOverToDelivery() {
    UUID id = bench.accept(bench.message("Subject: x\r\n\r\nbody", "ann@there.example"));

    ReadyDelivery delivery = bench.next();
    assertThat(delivery.key().messageId()).isEqualTo(id);
    assertThat(delivery.recipient()).isEqualTo(EmailAddress.of("ann@there.example"));
    assertThat(delivery.attempts()).isZero();
    assertThat(delivery.message().bytes()).asString().isEqualTo("Subject: x\r\n\r\nbody");
    assertThat(bench.told()).containsExactly("email.sent ann@there.example");
  }

  /// As when the commit did its work and its answer was lost.
  @Test
  void removesWhatIsStoredOfAMessageThatWasRefused() {
    Acceptance message = bench.message("x", "ann@there.example");
    bench.accept(message);
    CompletableFuture<Void> again = bench.queue.accept(message);
    assertThatThrownBy(again::join).hasCauseInstanceOf(StorageException.class);

    bench.queue.retryUnsettled();
    await().untilAsserted(() -> assertThat(bench.told()).isEmpty());
    assertThat(states().values()).containsOnly(0L);
  }

  @Test
  void removesADeliveredRecipientAndTellsIt() {
    bench.accept(bench.message("x", "ann@there.example", "bob@there.example"));
    settle(bench.next(), new AttemptOutcome.Delivered(PEER, "250 2.0.0 Ok"));

    assertThat(states()).containsEntry("sending", 1L);
    Event delivered = bench.events().getLast();
    assertThat(delivered.type()).isEqualTo(EventType.EMAIL_DELIVERED);
    assertThat(delivered.facts())
        .containsEntry("reply", "250 2.0.0 Ok")
        .containsEntry("attempt", "1")
        .doesNotContainKeys("untracked", "source");

    settle(bench.next(), new AttemptOutcome.Rejected(PEER, "550 5.1.1 No such user"));
    assertThat(states()).containsEntry("sending", 0L);
    assertThat(bench.told())
        .containsExactly(
            "email.sent ann@there.example",
            "email.sent bob@there.example",
            "email.delivered ann@there.example",
            "email.bounced bob@there.example");
  }

  @Test
  void tellsFromWhichOfOurAddressesACopyWasSent() {
    AttemptOutcome.Peer peer =
        new AttemptOutcome.Peer("mx.example", "192.0.2.1", null, null, "192.0.2.10");
    bench.accept(bench.message("x", "ann@there.example"));
    settle(bench.next(), new AttemptOutcome.Delivered(peer, "250 Ok"));
    assertThat(bench.events().getLast().facts()).containsEntry("source", "192.0.2.10");
  }

  @Test
  void tellsOfADeliveredCopyWhatIsNotTrackedAndHowToKnowItAgain() {
    AttemptOutcome.Copy copy =
        new AttemptOutcome.Copy(
            "signed, charset",
            "0123456789abcdef",
            Instant.parse("2026-01-02T03:04:05Z"),
            List.of("wb1", "wbe1"));
    bench.accept(bench.message("x", "ann@there.example"));
    settle(bench.next(), new AttemptOutcome.Delivered(PEER, "250 Ok", copy));
    assertThat(bench.events().getLast().facts())
        .containsEntry("untracked", "signed, charset")
        .containsEntry("copy", "0123456789abcdef")
        .containsEntry("signed_at", "1767323045")
        .containsEntry("selectors", "wb1 wbe1");
    assertThat(AttemptOutcome.Copy.of(bench.events().getLast().facts())).isEqualTo(copy);
  }

  @Test
  void triesADeferredRecipientAgainWhenItsPauseIsOver() {
    bench.accept(bench.message("the body", "ann@there.example"));
    settle(bench.next(), deferred());

    assertThat(states()).containsEntry("deferred", 1L);
    assertThat(bench.poll(Duration.ofMillis(1_200))).isNull();

    clock.advance(Duration.ofSeconds(61));
    ReadyDelivery second = bench.next();
    assertThat(second.attempts()).isEqualTo(1);
    assertThat(second.message().bytes()).asString().isEqualTo("the body");
    assertThat(second.message().facts().metadata()).containsEntry("order", "17");
    assertThat(second.message().facts().trackOpens()).isNull();
    assertThat(second.message().facts().trackClicks()).isTrue();
    settle(second, deferred());
    assertThat(bench.told())
        .containsExactly(
            "email.sent ann@there.example", "email.delivery_delayed ann@there.example");
  }

  @Test
  void tellsOfADelayWhenItBeginsAndWhenItIsLong() {
    bench.accept(bench.message("x", "ann@there.example"));
    settle(bench.next(), deferred());
    clock.advance(Duration.ofHours(4).minusSeconds(1));
    settle(bench.next(), deferred());
    assertThat(bench.told()).hasSize(2);

    bench.close();
    bench = reopened(QueueBench.Options.usual());
    for (int attempt = 0; attempt < 3; attempt++) {
      clock.advance(Duration.ofHours(5));
      settle(bench.next(), deferred());
    }
    assertThat(bench.events().subList(1, bench.events().size()))
        .extracting(event -> event.type().text() + " " + event.facts().get("attempt"))
        .containsExactly("email.delivery_delayed 1", "email.delivery_delayed 3");
  }

  @Test
  void tellsOnceOfADelayThatIsLongFromItsBeginning() {
    bench.accept(bench.message("x", clock.instant().plusSeconds(1), "ann@there.example"));
    clock.advance(Duration.ofHours(6));
    settle(bench.next(), deferred());
    clock.advance(Duration.ofHours(5));
    settle(bench.next(), deferred());

    assertThat(bench.told())
        .containsExactly(
            "email.scheduled ann@there.example", "email.delivery_delayed ann@there.example");
  }

  @Test
  void keepsWhatTheSenderWantsToHear() {
    DsnParameters dsn =
        new DsnParameters(
            DsnParameters.Ret.HDRS,
            "order+2B17",
            Set.of(DsnParameters.Notify.SUCCESS, DsnParameters.Notify.FAILURE),
            "rfc822;ann@here.example");
    Acceptance plain = bench.message("x", "ann@there.example");
    bench.accept(
        new Acceptance(
            plain.facts(),
            plain.body(),
            List.of(new Recipient(EmailAddress.of("ann@there.example"), null, dsn)),
            null,
            null));
    ReadyDelivery first = bench.next();
    assertThat(first.dsn()).isEqualTo(dsn);
    assertThat(bench.events().getFirst().facts())
        .containsOnly(
            Map.entry("envelope_id", "order+17"),
            Map.entry("original_recipient", "rfc822;ann@here.example"),
            Map.entry("notify", "SUCCESS,FAILURE"),
            Map.entry("return", "HDRS"));

    settle(first, deferred());
    clock.advance(Duration.ofSeconds(61));
    assertThat(bench.next().dsn()).isEqualTo(dsn);
  }

  @Test
  void countsRecipientsForTheDayOfTheirKeyWithTheMessage() {
    UUID key = UUID.randomUUID();
    for (int message = 0; message < 2; message++) {
      Acceptance plain = bench.message("x", "ann@there.example", "bob@there.example");
      bench.accept(new Acceptance(plain.facts(), plain.body(), plain.recipients(), null, key));
    }
    bench.accept(bench.message("x", "ann@there.example"));

    List<Long> counted =
        bench
            .database
            .jdbi()
            .withHandle(handle ->
                handle
                    .createQuery("select recipients from api_key_usage where key_id = :key")
                    .bind("key", key)
                    .mapTo(Long.class)
                    .list());
    assertThat(counted).containsExactly(4L);
  }

  @Test
  void aClockThatIsSetBackKeepsNobodyWaiting() {
    bench.accept(bench.message("x", "ann@there.example"));
    settle(bench.next(), deferred());

    clock.advance(Duration.ofDays(-1));
    assertThat(bench.next().attempts()).isEqualTo(1);
  }

  @Test
  void waitsAsLongAsTheRemoteAsked() {
    bench.accept(bench.message("x", "ann@there.example"));
    settle(
        bench.next(),
        new AttemptOutcome.Deferred(
            PEER, "450 4.7.1 come back in 30 minutes", Optional.of(Duration.ofMinutes(30))));

    clock.advance(Duration.ofMinutes(29));
    assertThat(bench.poll(Duration.ofMillis(1_200))).isNull();
    clock.advance(Duration.ofMinutes(2));
    assertThat(bench.next().attempts()).isEqualTo(1);
  }

  @Test
  void givesUpWhenTheMessageIsTooOld() {
    bench.accept(bench.message("x", "ann@there.example"));
    ReadyDelivery delivery = bench.next();
    clock.advance(Duration.ofDays(5));
    settle(delivery, new AttemptOutcome.Unreachable("no answer from the DNS"));

    assertThat(states()).containsEntry("deferred", 0L);
    Event last = bench.events().getLast();
    assertThat(last.type()).isEqualTo(EventType.EMAIL_BOUNCED);
    assertThat(last.facts())
        .containsEntry("reason", "expired")
        .containsEntry("reply", "no answer from the DNS")
        .containsEntry("class", "network")
        .containsEntry("permanence", "soft");
  }

  @Test
  void holdsWhatAFaultOfOursStopped() {
    bench.accept(bench.message("x", "ann@there.example"));
    settle(bench.next(), new AttemptOutcome.Fault("rendering failed"));

    assertThat(states()).containsEntry("held", 1L);
    clock.advance(Duration.ofDays(30));
    assertThat(bench.poll(Duration.ofMillis(1_200))).isNull();
    assertThat(bench.told()).doesNotContain("email.bounced ann@there.example");
  }

  @Test
  void deliversAfterARestartWhatWasQueued() {
    bench.accept(bench.message("first", "ann@there.example"));
    bench.accept(bench.message("second", "bob@there.example"));
    settle(bench.next(), new AttemptOutcome.Delivered(PEER, "250 Ok"));
    bench.next();
    bench.close();

    bench = reopened(QueueBench.Options.usual());
    ReadyDelivery again = bench.next();
    assertThat(again.recipient()).isEqualTo(EmailAddress.of("bob@there.example"));
    assertThat(again.message().bytes()).asString().isEqualTo("second");
    assertThat(bench.poll(Duration.ofMillis(1_200))).isNull();
  }

  @Test
  void acceptsMoreThanFitsIntoMemoryAndDeliversItAll() {
    bench.close();
    bench = reopened(new QueueBench.Options(10, (_, _, _) -> Map.of()));
    List<CompletableFuture<Void>> accepts = new ArrayList<>();
    for (int i = 0; i < 100; i++) {
      accepts.add(bench.queue.accept(bench.message("body " + i, "to" + i + "@there.example")));
    }
    accepts.forEach(CompletableFuture::join);
    assertThat(bench.waiting()).isLessThanOrEqualTo(10);

    Set<String> bodies = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      ReadyDelivery delivery = bench.next();
      bodies.add(new String(delivery.message().bytes(), StandardCharsets.UTF_8));
      settle(delivery, new AttemptOutcome.Delivered(PEER, "250 Ok"));
    }
    assertThat(bodies).hasSize(100);
    assertThat(bench.queue.inFlight()).isZero();
    assertThat(states().values()).containsOnly(0L);
  }

  @Test
  void makesNoCopyForASuppressedRecipient() {
    Acceptance plain = bench.message("x", "ann@there.example", "bob@there.example");
    bench.accept(
        new Acceptance(
            plain.facts(),
            plain.body(),
            List.of(
                new Recipient(
                    EmailAddress.of("ann@there.example"), "unsubscribe", DsnParameters.NONE),
                new Recipient(EmailAddress.of("bob@there.example"), null, DsnParameters.NONE)),
            null,
            null));

    assertThat(bench.next().recipient()).isEqualTo(EmailAddress.of("bob@there.example"));
    assertThat(bench.told())
        .containsExactly("email.suppressed ann@there.example", "email.sent bob@there.example");
    assertThat(bench.events().getFirst().facts()).containsEntry("reason", "unsubscribe");
  }

  @Test
  void asksAgainWhetherARecipientIsSuppressedBeforeARetry() {
    bench.accept(bench.message("x", "ann@there.example"));
    settle(bench.next(), deferred());
    bench.close();
    bench =
        reopened(
            new QueueBench.Options(
                10, (_, _, addresses) -> Map.of(addresses.iterator().next(), "complaint")));
    clock.advance(Duration.ofMinutes(2));

    await()
        .untilAsserted(
            () -> assertThat(bench.told()).endsWith("email.suppressed ann@there.example"));
    assertThat(bench.waiting()).isZero();
  }

  @Test
  void findsAClaimAgainThatFailedHalfway() {
    bench.accept(bench.message("x", "ann@there.example"));
    settle(bench.next(), deferred());
    bench.close();
    AtomicInteger failures = new AtomicInteger(1);
    bench =
        reopened(
            new QueueBench.Options(
                10,
                (_, _, _) -> {
                  if (failures.getAndDecrement() > 0) {
                    throw new IllegalStateException("the list cannot be read");
                  }
                  return Map.of();
                }));
    clock.advance(Duration.ofMinutes(2));

    assertThat(bench.next().recipient()).isEqualTo(EmailAddress.of("ann@there.example"));
    assertThat(failures).hasNegativeValue();
    assertThat(bench.waiting()).isZero();
  }

  @Test
  void triesWhatAFaultHeldAgainAfterARestart() {
    bench.accept(bench.message("x", "ann@there.example"));
    settle(bench.next(), new AttemptOutcome.Fault("rendering failed"));
    bench.close();
    bench = reopened(QueueBench.Options.usual());

    settle(bench.next(), new AttemptOutcome.Delivered(PEER, "250 Ok"));
    assertThat(bench.told()).endsWith("email.delivered ann@there.example");
  }

  @Test
  void keepsAScheduledMessageUntilItsTime() {
    bench.accept(
        bench.message("x", clock.instant().plus(Duration.ofHours(2)), "ann@there.example"));

    assertThat(states()).containsEntry("scheduled", 1L);
    assertThat(bench.poll(Duration.ofMillis(1_200))).isNull();
    clock.advance(Duration.ofHours(2));
    assertThat(bench.next().attempts()).isZero();
    assertThat(bench.told()).containsExactly("email.scheduled ann@there.example");
  }

  @Test
  void settlesADeliveryOnlyOnce() {
    bench.accept(bench.message("x", "ann@there.example"));
    ReadyDelivery delivery = bench.next();
    settle(delivery, new AttemptOutcome.Delivered(PEER, "250 Ok"));

    assertThat(bench.queue.settle(delivery, deferred())).isCompletedExceptionally();
    assertThat(bench.told())
        .containsExactly("email.sent ann@there.example", "email.delivered ann@there.example");
  }

  @Test
  void releasesWhatWasNotTried() {
    bench.accept(bench.message("x", "ann@there.example"));
    bench.queue.release(bench.next()).join();

    assertThat(bench.next().attempts()).isZero();
    assertThat(bench.told()).containsExactly("email.sent ann@there.example");
  }

  @Test
  void storesTextThatADatabaseWouldRefuse() {
    Acceptance plain = bench.message("x\u0000", "ann@there.example");
    bench.accept(plain);
    settle(
        bench.next(), new AttemptOutcome.Rejected(PEER, "550 \u0000 \uD800 " + "x".repeat(9_000)));

    assertThat(bench.events().getLast().facts().get("reply")).startsWith("550 \uFFFD \uFFFD xxx");
  }

  @Test
  void storesALargeBodyFromItsFile() throws Exception {
    byte[] large = "0123456789abcdef".repeat(200_000).getBytes(StandardCharsets.US_ASCII);
    Path file = Files.write(dataDir.resolve("spilled"), large);
    Acceptance plain = bench.message("x", "ann@there.example");
    bench.accept(
        new Acceptance(
            plain.facts(),
            new SubmittedBody.OnDisk(file, large.length),
            plain.recipients(),
            null,
            null));

    assertThat(bench.next().message().bytes()).isEqualTo(large);
  }

  @Test
  void carriesOnceWhatItLostAndClaimedBack() {
    bench.accept(bench.message("x", "ann@there.example"));
    ReadyDelivery delivery = bench.next();
    new LeaseStore(bench.database)
        .nodesEndedBefore(clock.instant().plus(Duration.ofDays(1)))
        .forEach(node -> new LeaseStore(bench.database).retire(node, clock.instant()));

    await().untilAsserted(() -> assertThat(states()).containsEntry("sending", 1L));
    assertThat(bench.waiting()).isZero();
    settle(delivery, new AttemptOutcome.Delivered(PEER, "250 2.0.0 Ok"));
    assertThat(bench.told())
        .containsExactly("email.sent ann@there.example", "email.delivered ann@there.example");
  }

  @Test
  void claimsPastADestinationThatHoldsItsShare() {
    bench.close();
    bench = reopened(new QueueBench.Options(40, (_, _, _) -> Map.of()));
    List<CompletableFuture<Void>> accepts = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      accepts.add(bench.queue.accept(bench.message("x", "to" + i + "@slow.example")));
    }
    accepts.forEach(CompletableFuture::join);
    bench.accept(bench.message("y", "ann@there.example"));

    List<String> domains = new ArrayList<>();
    while (!domains.contains("there.example")) {
      domains.add(bench.next().recipient().domain().value());
    }
    assertThat(bench.queue.inFlight()).isLessThan(40);
  }

  @Test
  void handsOverAtItsTimeWhatComesAfterADestinationWithoutRoom() {
    bench.close();
    bench = reopened(new QueueBench.Options(40, (_, _, _) -> Map.of()));
    bench.accept(bench.message("y", "ann@there.example"));
    settle(bench.next(), deferred());
    List<CompletableFuture<Void>> accepts = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      accepts.add(bench.queue.accept(bench.message("x", "to" + i + "@slow.example")));
    }
    accepts.forEach(CompletableFuture::join);
    clock.advance(Duration.ofMinutes(2));

    List<String> domains = new ArrayList<>();
    while (!domains.contains("there.example")) {
      domains.add(bench.next().recipient().domain().value());
    }
    assertThat(states()).containsEntry("deferred", 0L);
    assertThat(states().get("queued")).isPositive();
  }

  @Test
  void tellsWhatKindOfRefusalItWas() {
    bench.accept(bench.message("x", "ann@there.example"));
    settle(bench.next(), new AttemptOutcome.Rejected(PEER, "550 5.1.1 no such user"));
    bench.accept(bench.message("y", "bob@there.example"));
    settle(
        bench.next(),
        new AttemptOutcome.Deferred(PEER, "452 4.2.2 mailbox full", Optional.empty()));

    assertThat(bench.events())
        .filteredOn(event -> event.facts().containsKey("class"))
        .extracting(event -> event.type().text() + " " + event.facts().get("class"))
        .containsExactly("email.bounced bad_mailbox", "email.delivery_delayed full");
    assertThat(bench.queue.summary().destinations().getFirst().nextAttemptAt())
        .isEqualTo(clock.instant().plus(Duration.ofMinutes(30)));
  }

  @Test
  void forgetsWhatIsOldAndSettled() {
    UUID settled = bench.accept(bench.message("x", "ann@there.example"));
    settle(bench.next(), new AttemptOutcome.Delivered(PEER, "250 Ok"));
    UUID waiting = bench.accept(bench.message("y", "bob@there.example"));
    clock.advance(Duration.ofDays(31));
    UUID young = bench.accept(bench.message("z", "cid@there.example"));
    bench.queue.sweepNow();

    await()
        .untilAsserted(
            () -> assertThat(bench.told()).containsExactly("email.sent cid@there.example"));
    MessageStore messages =
        new MessageStore(bench.database, new TableBodyStore(bench.database, KEEPS_NOTHING), clock);
    assertThat(messages.load(List.of(settled, waiting, young))).containsOnlyKeys(waiting, young);
  }

  @Test
  void findsMailWhoseNodeIsUnknown() throws Exception {
    bench.accept(bench.message("x", "ann@there.example"));
    ReadyDelivery delivery = bench.next();
    try (Connection connection = bench.database.connect();
        Statement statement = connection.createStatement()) {
      statement.execute("update delivery set owner = 17");
    }
    bench.close();
    bench = reopened(QueueBench.Options.usual());

    assertThat(bench.next().key()).isEqualTo(delivery.key());
  }

  Map<String, Long> states() {
    return bench.queue.summary().states();
  }

  void settle(ReadyDelivery delivery, AttemptOutcome outcome) {
    bench.queue.settle(delivery, outcome).join();
  }

  static AttemptOutcome deferred() {
    return new AttemptOutcome.Deferred(PEER, "451 4.7.1 Try later", Optional.empty());
  }
}

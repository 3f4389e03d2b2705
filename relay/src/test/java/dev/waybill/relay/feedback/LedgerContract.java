package dev.waybill.relay.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.relay.breakers.BreakerSettings;
import dev.waybill.relay.breakers.Breakers;
import dev.waybill.relay.clock.TimeOrderedIds;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.events.Journal;
import dev.waybill.relay.events.RawReport;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.streams.Streams;
import dev.waybill.relay.suppression.Suppression;
import dev.waybill.relay.suppression.Suppression.Origin;
import dev.waybill.relay.suppression.Suppressions;
import dev.waybill.relay.testing.MovableClock;
import dev.waybill.relay.testing.UnsharedJournal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What both databases must do with news.
abstract class LedgerContract {
  private static final UUID SHOP = new UUID(1, 1);
  private static final DeliveryKey DELIVERY = new DeliveryKey(new UUID(2, 2), 3);
  private static final EmailAddress ADA = EmailAddress.of("ada@customer.test");
  private static final RawReport MAIL =
      new RawReport("Subject: bounce\r\n\r\n\0\u00ff".getBytes(StandardCharsets.ISO_8859_1), 99);

  private final MovableClock clock = MovableClock.standing();
  private Database database;
  private Journal journal;
  private Suppressions suppressions;
  private Ledger.Writing writing;

  abstract DatabaseSettings settings();

  @BeforeEach
  void open() {
    database = Database.open(settings());
    journal = UnsharedJournal.of(database);
    suppressions =
        Suppressions.open(
            database,
            new TimeOrderedIds(clock, new Random(1)),
            clock,
            new Suppressions.Journalling(journal::append, _ -> Optional.empty()));
    writing =
        Ledger.writing(
            journal,
            suppressions,
            new Breakers(
                BreakerSettings.standard(),
                Streams.builtIn(),
                new Breakers.Foundation(
                    database, journal, clock, new Random(2), new SimpleMeterRegistry())));
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void writesTheEventItsMailAndTheSuppressionTogether() {
    assertThat(writing.write(event(EventType.EMAIL_COMPLAINED, DELIVERY), MAIL, complaint()))
        .isTrue();

    List<Journal.Entry> entries = journal.read(Journal.Filter.all(), 10);
    assertThat(entries)
        .extracting(entry -> entry.event().type())
        .containsExactly(EventType.SUPPRESSION_ADDED, EventType.EMAIL_COMPLAINED);
    RawReport kept = journal.report(entries.get(1).seq()).orElseThrow();
    assertThat(kept.content()).isEqualTo(MAIL.content());
    assertThat(kept.octets()).isEqualTo(99);
    assertThat(kept.isWhole()).isFalse();
    assertThat(journal.report(entries.getFirst().seq())).isEmpty();
    assertThat(suppressions.find(SHOP, Stream.TRANSACTIONAL, List.of(ADA))).containsKey(ADA);
  }

  @Test
  void writesNothingWhereOneOfThemCannotBeWritten() {
    Event unstorable =
        new Event(
            EventType.EMAIL_COMPLAINED,
            clock.instant(),
            DELIVERY,
            ADA.toString(),
            "x".repeat(300),
            Map.of());

    assertThatThrownBy(() -> writing.write(unstorable, MAIL, complaint()))
        .isInstanceOf(RuntimeException.class);

    assertThat(journal.read(Journal.Filter.all(), 10)).isEmpty();
    assertThat(suppressions.find(SHOP, Stream.TRANSACTIONAL, List.of(ADA))).isEmpty();
  }

  @Test
  void writesTheSameNewsOnceAndSuppressesAgain() {
    writing.write(event(EventType.EMAIL_COMPLAINED, DELIVERY), MAIL, complaint());
    suppressions.remove(ADA);

    assertThat(writing.write(event(EventType.EMAIL_COMPLAINED, DELIVERY), MAIL, complaint()))
        .isFalse();
    assertThat(writing.write(event(EventType.EMAIL_BOUNCED, DELIVERY), MAIL, null)).isTrue();
    assertThat(
            writing.write(
                event(EventType.EMAIL_BOUNCED, new DeliveryKey(DELIVERY.messageId(), 4)),
                MAIL,
                null))
        .isTrue();

    assertThat(types())
        .containsExactly(
            EventType.SUPPRESSION_ADDED,
            EventType.EMAIL_COMPLAINED,
            EventType.SUPPRESSION_REMOVED,
            EventType.SUPPRESSION_ADDED,
            EventType.EMAIL_BOUNCED,
            EventType.EMAIL_BOUNCED);
  }

  @Test
  void writesTheSameNewsOnceWhenManyTryTogether() throws InterruptedException {
    AtomicInteger news = new AtomicInteger();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 12; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> {
                if (writing.write(event(EventType.EMAIL_BOUNCED, DELIVERY), MAIL, null)) {
                  news.incrementAndGet();
                }
              }));
    }
    for (Thread thread : threads) {
      thread.join();
    }

    assertThat(news).hasValue(1);
    assertThat(types()).containsExactly(EventType.EMAIL_BOUNCED);
  }

  @Test
  void keepsEveryLetterAsLongAsItsEvent() {
    for (int i = 0; i < 3; i++) {
      assertThat(writing.write(event(EventType.REPORT_RECEIVED, null), MAIL, null)).isTrue();
    }
    List<Journal.Entry> letters = journal.read(Journal.Filter.all(), 10);
    assertThat(letters).hasSize(3).allMatch(entry -> journal.report(entry.seq()).isPresent());

    database.durably(
        handle -> handle.execute("delete from event where seq <= ?", letters.get(1).seq()));

    assertThat(letters)
        .extracting(entry -> journal.report(entry.seq()).isPresent())
        .containsExactly(false, false, true);
    assertThat(
            database
                .jdbi()
                .<Integer, RuntimeException>withHandle(handle ->
                    handle.createQuery("select count(*) from raw_report").mapTo(int.class).one()))
        .isEqualTo(1);
  }

  private List<EventType> types() {
    return journal.read(Journal.Filter.all(), 100).stream()
        .map(entry -> entry.event().type())
        .toList();
  }

  private Event event(EventType type, @Nullable DeliveryKey delivery) {
    return new Event(type, clock.instant(), delivery, ADA.toString(), "shop.test", Map.of());
  }

  private static Suppression.Wanted complaint() {
    return new Suppression.Wanted(ADA, SHOP, null, Origin.COMPLAINT, null);
  }
}

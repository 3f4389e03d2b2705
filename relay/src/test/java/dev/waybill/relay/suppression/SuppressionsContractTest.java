package dev.waybill.relay.suppression;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.relay.clock.TimeOrderedIds;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.suppression.Suppression.Origin;
import dev.waybill.relay.testing.MovableClock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What both databases must do.
abstract class SuppressionsContractTest {
  private static final Stream NEWS = new Stream("news", Stream.Kind.MARKETING);
  private static final Stream OFFERS = new Stream("offers", Stream.Kind.MARKETING);
  private static final Stream ALERTS = new Stream("alerts", Stream.Kind.TRANSACTIONAL);
  private static final UUID SHOP = new UUID(1, 1);
  private static final UUID OTHER = new UUID(1, 2);
  private static final EmailAddress ANN = EmailAddress.of("Ann.Lee@Example.test");

  private final MovableClock clock = MovableClock.standing();
  private final List<Event> events = Collections.synchronizedList(new ArrayList<>());
  Database database;
  private Suppressions suppressions;

  /// The same database throughout one test.
  abstract DatabaseSettings settings();

  @BeforeEach
  void open() {
    database = Database.open(settings());
    suppressions =
        Suppressions.open(
            database,
            new TimeOrderedIds(clock, new Random(1)),
            clock,
            new Suppressions.Journalling(
                (_, appended) -> events.addAll(appended),
                id ->
                    id.equals(SHOP) ? Optional.of(DomainName.of("shop.test")) : Optional.empty()));
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void findsWhateverTheCaseOfTheAddress() {
    assertThat(suppressions.find(SHOP, Stream.TRANSACTIONAL, List.of(ANN))).isEmpty();
    suppressions.add(ANN, SHOP, null, Origin.BOUNCE);

    EmailAddress shouted = EmailAddress.of("ANN.LEE@example.TEST");
    EmailAddress bob = EmailAddress.of("bob@example.test");
    assertThat(suppressions.find(SHOP, Stream.TRANSACTIONAL, List.of(shouted, bob, ANN)))
        .isEqualTo(Map.of(shouted, "bounce", ANN, "bounce"));
  }

  @Test
  void coversOnlyItsDomainAndStream() {
    suppressions.add(ANN, SHOP, Stream.MARKETING.name(), Origin.UNSUBSCRIBE);
    assertThat(covered(SHOP, Stream.MARKETING)).isTrue();
    assertThat(covered(SHOP, Stream.TRANSACTIONAL)).isFalse();
    assertThat(covered(OTHER, Stream.MARKETING)).isFalse();

    suppressions.add(ANN, SHOP, null, Origin.COMPLAINT);
    assertThat(covered(SHOP, Stream.TRANSACTIONAL)).isTrue();
    assertThat(covered(OTHER, Stream.TRANSACTIONAL)).isFalse();

    suppressions.add(ANN, null, null, Origin.MANUAL);
    assertThat(covered(OTHER, Stream.TRANSACTIONAL)).isTrue();
  }

  @Test
  void coversOneListOrAllListsOfADomain() {
    suppressions.add(ANN, SHOP, NEWS.name(), Origin.UNSUBSCRIBE);
    assertThat(covered(SHOP, NEWS)).isTrue();
    assertThat(covered(SHOP, OFFERS)).isFalse();
    assertThat(covered(SHOP, Stream.MARKETING)).isFalse();

    suppressions.add(ANN, SHOP, Stream.MARKETING.name(), Origin.UNSUBSCRIBE);
    assertThat(covered(SHOP, OFFERS)).isTrue();
    assertThat(covered(SHOP, ALERTS)).isFalse();
    assertThat(covered(SHOP, Stream.TRANSACTIONAL)).isFalse();

    // without the second, news would not come again as its recipient wishes
    assertThat(suppressions.takeBack(ANN, SHOP, NEWS.name())).isTrue();
    assertThat(covered(SHOP, NEWS)).isFalse();
    assertThat(suppressions.of(ANN)).isEmpty();
  }

  @Test
  void addsOnceWithOneEvent() {
    Suppression first = suppressions.add(ANN, SHOP, null, Origin.BOUNCE);
    clock.advance(Duration.ofHours(1));
    Suppression second =
        suppressions.add(EmailAddress.of("ann.lee@example.test"), SHOP, null, Origin.COMPLAINT);

    assertThat(second).isEqualTo(first);
    assertThat(events).hasSize(1);
    Event event = events.getFirst();
    assertThat(event.type()).isEqualTo(EventType.SUPPRESSION_ADDED);
    assertThat(event.recipient()).isEqualTo("Ann.Lee@example.test");
    assertThat(event.domain()).isEqualTo("shop.test");
    assertThat(event.facts()).containsEntry("origin", "bounce").doesNotContainKey("stream");
  }

  @Test
  void addsOnceWhenManyTryTogether() throws InterruptedException {
    Set<UUID> ids = ConcurrentHashMap.newKeySet();
    List<Thread> threads = new ArrayList<>();
    for (int i = 0; i < 16; i++) {
      threads.add(
          Thread.ofVirtual()
              .start(() -> ids.add(suppressions.add(ANN, SHOP, null, Origin.BOUNCE).id())));
    }
    for (Thread thread : threads) {
      thread.join();
    }
    assertThat(ids).hasSize(1);
    assertThat(suppressions.list(null, null, 10)).hasSize(1);
    assertThat(events).hasSize(1);
  }

  @Test
  void forgetsTheRowWhenItsEventCannotBeWritten() {
    Suppressions broken =
        Suppressions.open(
            database,
            new TimeOrderedIds(clock, new Random(1)),
            clock,
            new Suppressions.Journalling(
                (_, _) -> {
                  throw new IllegalStateException("the journal is full");
                },
                _ -> Optional.empty()));
    assertThatThrownBy(() -> broken.add(ANN, SHOP, null, Origin.BOUNCE))
        .isInstanceOf(IllegalStateException.class);
    assertThat(suppressions.list(null, null, 10)).isEmpty();
  }

  @Test
  void removesByIdAndByAddress() {
    Suppression one = suppressions.add(ANN, SHOP, null, Origin.BOUNCE);
    suppressions.add(ANN, SHOP, Stream.MARKETING.name(), Origin.UNSUBSCRIBE);
    suppressions.add(ANN, null, null, Origin.MANUAL);

    assertThat(suppressions.remove(one.id())).contains(one);
    assertThat(suppressions.remove(one.id())).isEmpty();
    assertThat(suppressions.remove(EmailAddress.of("ann.lee@EXAMPLE.test"))).isEqualTo(2);
    assertThat(suppressions.remove(ANN)).isZero();

    assertThat(covered(SHOP, Stream.MARKETING)).isFalse();
    assertThat(events.stream().filter(e -> e.type() == EventType.SUPPRESSION_REMOVED)).hasSize(3);
  }

  @Test
  void listsNewestFirstInPages() {
    List<UUID> added = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      clock.advance(Duration.ofMillis(1));
      added.addFirst(
          suppressions
              .add(EmailAddress.of("r%d@x.test".formatted(i)), null, null, Origin.MANUAL)
              .id());
    }
    List<UUID> first = ids(suppressions.list(null, null, 2));
    List<UUID> second = ids(suppressions.list(first.getLast(), null, 10));

    assertThat(first).isEqualTo(added.subList(0, 2));
    assertThat(second).isEqualTo(added.subList(2, 5));
    List<UUID> all = ids(suppressions.list(null, null, 10));
    assertThat(ids(suppressions.listBefore(all.getLast(), null, 1)))
        .containsExactly(all.get(all.size() - 2));
    assertThat(ids(suppressions.listBefore(all.getLast(), null, 10)))
        .isEqualTo(all.subList(0, all.size() - 1));
    assertThat(suppressions.listBefore(all.getFirst(), null, 10)).isEmpty();
    assertThatThrownBy(() -> suppressions.list(null, null, 0))
        .isInstanceOf(IllegalArgumentException.class);
  }

  @Test
  void asksForManyAddressesAtOnce() {
    List<EmailAddress> many = new ArrayList<>();
    for (int i = 0; i < 1_500; i++) {
      many.add(EmailAddress.of("r%d@x.test".formatted(i)));
    }
    suppressions.add(many.get(3), SHOP, null, Origin.BOUNCE);
    suppressions.add(many.get(1_400), null, null, Origin.MANUAL);

    assertThat(suppressions.find(SHOP, Stream.MARKETING, many))
        .isEqualTo(Map.of(many.get(3), "bounce", many.get(1_400), "manual"));
  }

  @Test
  void remembersAcrossARestart() {
    Suppression added = suppressions.add(ANN, SHOP, Stream.MARKETING.name(), Origin.UNSUBSCRIBE);
    close();
    open();
    assertThat(covered(SHOP, Stream.MARKETING)).isTrue();
    assertThat(suppressions.list(null, null, 1)).containsExactly(added);
  }

  @Test
  void takesBackOnlyWhatTheRecipientAskedFor() {
    suppressions.add(ANN, SHOP, Stream.MARKETING.name(), Origin.UNSUBSCRIBE);
    suppressions.add(ANN, OTHER, Stream.MARKETING.name(), Origin.COMPLAINT);

    assertThat(suppressions.takeBack(ANN, SHOP, Stream.MARKETING.name())).isTrue();
    assertThat(suppressions.takeBack(ANN, SHOP, Stream.MARKETING.name())).isFalse();
    assertThat(suppressions.takeBack(ANN, OTHER, Stream.MARKETING.name())).isFalse();
    assertThat(covered(SHOP, Stream.MARKETING)).isFalse();
    assertThat(covered(OTHER, Stream.MARKETING)).isTrue();
    assertThat(events.getLast().type()).isEqualTo(EventType.SUPPRESSION_REMOVED);
  }

  @Test
  void coversUntilItExpires() {
    Instant end = clock.instant().plus(Duration.ofDays(30));
    Suppression until = suppressions.add(wanted(ANN, end));
    assertThat(until.expiresAt()).isEqualTo(end);
    assertThat(suppressions.add(wanted(ANN, end.minusSeconds(1)))).isEqualTo(until);

    clock.advance(Duration.ofDays(30).minusMillis(1));
    assertThat(covered(SHOP, Stream.MARKETING)).isTrue();
    assertThat(suppressions.removeExpired()).isZero();
    clock.advance(Duration.ofMillis(1));
    assertThat(covered(SHOP, Stream.MARKETING)).isFalse();
    assertThat(suppressions.removeExpired()).isEqualTo(1);
    assertThat(suppressions.list(null, null, 10)).isEmpty();
    assertThat(events.getLast().type()).isEqualTo(EventType.SUPPRESSION_REMOVED);
  }

  @Test
  void whatLastsLongerTakesThePlaceOfWhatExpires() {
    Suppression until = suppressions.add(wanted(ANN, clock.instant().plusSeconds(60)));
    Suppression forGood = suppressions.add(wanted(ANN, null));

    assertThat(forGood.id()).isNotEqualTo(until.id());
    assertThat(suppressions.list(null, null, 10)).containsExactly(forGood);
    assertThat(events)
        .extracting(Event::type)
        .containsExactly(
            EventType.SUPPRESSION_ADDED,
            EventType.SUPPRESSION_REMOVED,
            EventType.SUPPRESSION_ADDED);
  }

  @Test
  void addsManyInOneTransaction() {
    EmailAddress bob = EmailAddress.of("bob@example.test");
    Suppression standing = suppressions.add(ANN, null, null, Origin.BOUNCE);
    clock.advance(Duration.ofMillis(1));

    Suppressions.Added added =
        suppressions.addAll(List.of(wanted(ANN, null), wanted(bob, null), wanted(bob, null)));

    assertThat(added.fresh()).isEqualTo(1);
    assertThat(added.standing()).hasSize(3).first().isEqualTo(standing);
    assertThat(suppressions.of(bob)).containsExactly(added.standing().getLast());
    assertThat(suppressions.byId(standing.id())).contains(standing);
    assertThat(events).hasSize(2);
    assertThat(suppressions.list(null, Origin.BOUNCE, 10)).containsExactly(standing);
    assertThat(suppressions.listBefore(standing.id(), Origin.MANUAL, 10))
        .containsExactly(added.standing().getLast());
    assertThatThrownBy(() -> suppressions.addAll(Collections.nCopies(1_001, wanted(bob, null))))
        .hasMessageContaining("1001 suppressions (expected: at most 1000)");
  }

  private static Suppression.Wanted wanted(EmailAddress address, @Nullable Instant expiresAt) {
    return new Suppression.Wanted(address, null, null, Origin.MANUAL, expiresAt);
  }

  private boolean covered(UUID domainId, Stream stream) {
    return suppressions.find(domainId, stream, List.of(ANN)).containsKey(ANN);
  }

  private static List<UUID> ids(List<Suppression> suppressions) {
    return suppressions.stream().map(Suppression::id).toList();
  }
}

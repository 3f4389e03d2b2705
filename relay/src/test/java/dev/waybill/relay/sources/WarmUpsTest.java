package dev.waybill.relay.sources;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.testing.MovableClock;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class WarmUpsTest {
  private static final LocalDate TODAY = LocalDate.parse("2026-01-02");
  private static final Duration LIFETIME = Duration.ofDays(5);

  private final MovableClock clock = MovableClock.standing();
  private final Instant now = clock.instant();

  private static SourceAddress source(String address, @Nullable WarmUp warmUp) {
    return new SourceAddress(
        InetAddress.ofLiteral(address), "relay.example.com", "default", warmUp);
  }

  private static WarmUp since(LocalDate begins, Integer... messages) {
    return new WarmUp(begins, WarmUpSchedule.of(List.of(messages)));
  }

  private WarmUps of(SourceAddress... sources) {
    return new WarmUps(new SourcePools(List.of(sources), Map.of()), _ -> LIFETIME, clock);
  }

  private static boolean takes(WarmUps warmUps, SourceAddress source, Instant since) {
    return warmUps.take(source.address(), Stream.MARKETING, since);
  }

  private static Set<SourceAddress> picks(SourceChoice choice, boolean four) {
    Random random = new Random(1);
    Set<SourceAddress> picked = new HashSet<>();
    for (int i = 0; i < 100; i++) {
      choice.pick(four, random).ifPresent(picked::add);
    }
    return picked;
  }

  private SourceChoice choice(WarmUps warmUps, Instant since, SourceAddress... pool) {
    return warmUps.choice(List.of(pool), Stream.MARKETING, since);
  }

  @Test
  void sendsEachDaysMessages() {
    SourceAddress one = source("192.0.2.1", since(TODAY, 2, 3));
    WarmUps warmUps = of(one);

    assertThat(List.of(takes(warmUps, one, now), takes(warmUps, one, now)))
        .containsExactly(true, true);
    assertThat(takes(warmUps, one, now)).isFalse();
    assertThat(choice(warmUps, now, one).isSpent()).isTrue();

    clock.advance(Duration.ofDays(1));
    assertThat(choice(warmUps, now, one).isSpent()).isFalse();
    for (int i = 0; i < 3; i++) {
      assertThat(takes(warmUps, one, now)).isTrue();
    }
    assertThat(takes(warmUps, one, now)).isFalse();

    clock.advance(Duration.ofDays(1));
    for (int i = 0; i < 100; i++) {
      assertThat(takes(warmUps, one, clock.instant())).isTrue();
    }
  }

  @Test
  void newAddressesTakeTheirShareAndKnownOnesTheRest() {
    SourceAddress fresh = source("192.0.2.1", since(TODAY, 2));
    SourceAddress known = source("192.0.2.2", null);
    WarmUps warmUps = of(fresh, known);

    assertThat(picks(choice(warmUps, now, fresh, known), true))
        .containsExactlyInAnyOrder(fresh, known);
    takes(warmUps, fresh, now);
    takes(warmUps, fresh, now);
    assertThat(picks(choice(warmUps, now, fresh, known), true)).containsExactly(known);
    assertThat(choice(warmUps, now, fresh, known).isSpent()).isFalse();
    assertThat(takes(warmUps, known, now)).isTrue();
  }

  @Test
  void missesAFamilyThatHasNothingLeft() {
    SourceAddress four = source("192.0.2.1", since(TODAY, 1));
    SourceAddress six = source("2001:db8::1", since(TODAY, 1));
    WarmUps warmUps = of(four, six);
    takes(warmUps, four, now);

    SourceChoice choice = choice(warmUps, now, four, six);
    assertThat(choice.isSpent()).isFalse();
    assertThat(picks(choice, false)).containsExactly(six);
    assertThat(choice.misses(false)).isFalse();
    assertThat(choice.hasMissed()).isFalse();
    assertThat(choice.misses(true)).isTrue();
    assertThat(choice.hasMissed()).isTrue();
    assertThat(choice(warmUps, now, six).misses(true)).as("no address of the family").isFalse();
  }

  @Test
  void oldMailAlwaysGoes() {
    SourceAddress one = source("192.0.2.1", since(TODAY, 1));
    SourceAddress two = source("192.0.2.2", since(TODAY, 2));
    WarmUps warmUps = of(one, two);
    Instant old = now.minus(LIFETIME).plus(Duration.ofDays(1));
    Instant younger = old.plusMillis(1);
    takes(warmUps, one, now);

    assertThat(picks(choice(warmUps, old, one, two), true))
        .as("from where something is left, as long as it is")
        .containsExactly(two);
    takes(warmUps, two, now);
    takes(warmUps, two, now);
    assertThat(choice(warmUps, younger, one, two).isSpent()).isTrue();
    assertThat(takes(warmUps, one, younger)).isFalse();
    assertThat(choice(warmUps, old, one, two).isSpent()).isFalse();
    assertThat(picks(choice(warmUps, old, one, two), true)).containsExactlyInAnyOrder(one, two);
    assertThat(warmUps.hasLeft(one.address(), Stream.MARKETING, old)).isTrue();
    assertThat(takes(warmUps, one, old)).isTrue();
    assertThat(warmUps.standings().getFirst().sent()).isEqualTo(2);
  }

  @Test
  void theLastQuarterOfAShortLifeIsEnough() {
    SourceAddress one = source("192.0.2.1", since(TODAY, 1));
    WarmUps warmUps =
        new WarmUps(new SourcePools(List.of(one), Map.of()), _ -> Duration.ofHours(4), clock);
    takes(warmUps, one, now);

    assertThat(takes(warmUps, one, now.minus(Duration.ofHours(3)))).isTrue();
    assertThat(takes(warmUps, one, now.minus(Duration.ofMinutes(179)))).isFalse();
  }

  @Test
  void saysWhatMailWaitsFor() {
    SourceAddress one = source("192.0.2.1", since(TODAY, 1));
    SourceAddress later = source("192.0.2.2", since(TODAY.plusDays(3), 5));
    SourceAddress third = source("192.0.2.3", since(TODAY.plusDays(4), 5));
    WarmUps warmUps = of(one, later, third);
    takes(warmUps, one, now);

    assertThat(warmUps.hold(List.of(one), Stream.MARKETING, now).reason())
        .isEqualTo("warm-up of 192.0.2.1: 1 of 1 messages today");
    assertThat(warmUps.hold(List.of(one, later, third), Stream.MARKETING, now).reason())
        .isEqualTo(
            "warm-up of 192.0.2.1: 1 of 1 messages today; of 192.0.2.2 begins on 2026-01-05;"
                + " and 1 more");
  }

  @Test
  void whatWaitsComesBackOverTheWholeNextDay() {
    SourceAddress one = source("192.0.2.1", since(TODAY, 1, 4));
    WarmUps warmUps = of(one);
    takes(warmUps, one, now);
    Duration midnight = Duration.between(now, Instant.parse("2026-01-03T00:00:00Z"));

    for (int place = 0; place < 8; place++) {
      assertThat(warmUps.hold(List.of(one), Stream.MARKETING, now).pause())
          .isEqualTo(midnight.plus(Duration.ofHours(6).multipliedBy(place % 4)));
    }
  }

  @Test
  void waitsForTheFirstDayOfAnAddress() {
    SourceAddress one = source("192.0.2.1", since(TODAY.plusDays(2), 10));

    assertThat(of(one).hold(List.of(one), Stream.MARKETING, now).pause())
        .isEqualTo(Duration.between(now, Instant.parse("2026-01-04T00:00:00Z")));
  }

  @Test
  void neverWaitsBeyondItsLastCall() {
    SourceAddress one = source("192.0.2.1", since(TODAY, 1));
    WarmUps warmUps = of(one);
    takes(warmUps, one, now);
    Instant old = now.minus(LIFETIME).plus(Duration.ofDays(1));

    assertThat(warmUps.hold(List.of(one), Stream.MARKETING, old.plusSeconds(7_200)).pause())
        .isEqualTo(Duration.ofHours(2));
    assertThat(warmUps.hold(List.of(one), Stream.MARKETING, old.plusMillis(1)).pause())
        .isEqualTo(Duration.ofMinutes(1));
  }

  @Test
  void showsHowEveryAddressStands() {
    SourceAddress known = source("192.0.2.1", null);
    SourceAddress fresh = source("192.0.2.2", since(TODAY.minusDays(1), 5, 10));
    SourceAddress later = source("192.0.2.3", since(TODAY.plusDays(1), 5));
    SourceAddress done = source("192.0.2.4", since(TODAY.minusDays(9), 5));
    WarmUps warmUps = of(known, fresh, later, done);
    takes(warmUps, fresh, now);
    takes(warmUps, done, now);

    assertThat(warmUps.standings())
        .containsExactly(
            new WarmUps.Standing(known, 0, 0, WarmUpSchedule.UNLIMITED),
            new WarmUps.Standing(fresh, 2, 1, 10),
            new WarmUps.Standing(later, 0, 0, 0),
            new WarmUps.Standing(done, 10, 1, WarmUpSchedule.UNLIMITED));
  }

  @Test
  void leavesAPoolWithoutAddressesToTheSystem() {
    SourceChoice choice = choice(of(source("192.0.2.1", since(TODAY, 1))), now);

    assertThat(choice.isLeftToTheSystem()).isTrue();
    assertThat(choice.isSpent()).isFalse();
    assertThat(choice.misses(true)).isFalse();
  }
}

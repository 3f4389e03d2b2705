package dev.waybill.relay.shaping;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import org.junit.jupiter.api.Test;

/// How a site's pace shrinks and grows, by a clock that is moved by hand.
class SitePaceTest {
  private static final Duration NO_HINT = Duration.ZERO;
  private long now = 1_000_000_000_000L;

  private void passes(Duration time) {
    now += time.toNanos();
  }

  private SitePace pace(String connectionRate, String messageRate) {
    SitePace pace =
        new SitePace(
            new SiteLimits(
                20,
                100,
                Rate.parse(connectionRate).orElseThrow(),
                Rate.parse(messageRate).orElseThrow(),
                Duration.ofSeconds(5),
                Duration.ofSeconds(30)),
            now);
    pace.connected();
    return pace;
  }

  /// As many as go in that time, looked at every hundredth of a second.
  private int sent(SitePace pace, Duration time) {
    int sent = 0;
    for (long end = now + time.toNanos(); now < end; passes(Duration.ofMillis(10))) {
      while (pace.untilMessage(now) == 0 && sent < 1_000_000) {
        pace.takeMessage(now);
        pace.succeeded(now);
        sent++;
      }
    }
    return sent;
  }

  @Test
  void sendsAtTheRateAndNotInBursts() {
    SitePace pace = pace("unlimited", "120/m");
    passes(Duration.ofHours(1));
    assertThat(sent(pace, Duration.ofSeconds(60))).isBetween(120, 123);
    while (pace.untilMessage(now) == 0) {
      pace.takeMessage(now);
    }
    assertThat(pace.untilMessage(now)).isLessThanOrEqualTo(Duration.ofMillis(500).toNanos());
    assertThat(pace.reason(1, now)).hasValue("rate limited by shaping: 2/s messages");
  }

  @Test
  void isNoFasterAfterAComplaintWhereItWasSlowerThanTheSlowest() {
    SitePace pace = pace("unlimited", "10/h");
    assertThat(pace.throttled(1, now)).isTrue();
    assertThat(pace.messageRate().text()).isEqualTo("10/h");
  }

  @Test
  void doesNotLimitWhatIsUnlimited() {
    SitePace pace = pace("unlimited", "unlimited");
    for (int i = 0; i < 100_000; i++) {
      assertThat(pace.untilConnection(now)).isZero();
      pace.takeMessage(now);
      pace.takeConnection(now);
    }
    assertThat(pace.reason(1, now)).isEmpty();
  }

  @Test
  void limitsTheRateOfConnections() {
    SitePace pace = pace("1/s", "unlimited");
    pace.takeConnection(now);
    assertThat(pace.untilConnection(now)).isEqualTo(Duration.ofSeconds(1).toNanos());
    assertThat(pace.untilMessage(now)).isZero();
    assertThat(pace.reason(1, now)).hasValue("rate limited by shaping: 1/s connections");
    passes(Duration.ofSeconds(1));
    assertThat(pace.untilConnection(now)).isZero();
  }

  @Test
  void halvesRateAndConnectionsAtAComplaintAndGrowsBackWithSuccess() {
    SitePace pace = pace("unlimited", "100/s");
    sent(pace, Duration.ofSeconds(30));
    assertThat(pace.throttled(20, now)).isTrue();
    assertThat(pace.ceiling()).isEqualTo(10);
    assertThat(pace.messageRate().perSecond()).isBetween(49.0, 51.0);
    assertThat(pace.reason(10, now).orElse(""))
        .as("of a site that complained")
        .satisfiesAnyOf(
            text -> assertThat(text).isEqualTo("site at its connection limit: 10 of 20 for now"),
            text -> assertThat(text).contains("since the site complained (100/s else)"));
    assertThat(sent(pace, Duration.ofSeconds(10))).isBetween(490, 560);
    sent(pace, Duration.ofMinutes(3));
    assertThat(pace.messageRate()).isEqualTo(new Rate(100));
    assertThat(pace.ceiling()).isEqualTo(20);
  }

  @Test
  void heedsWhatAllConnectionsSayAtOnceAsOneComplaint() {
    SitePace pace = pace("unlimited", "100/s");
    sent(pace, Duration.ofSeconds(30));
    assertThat(pace.throttled(20, now)).isTrue();
    for (int i = 0; i < 19; i++) {
      assertThat(pace.throttled(20, now)).isFalse();
    }
    assertThat(pace.messageRate().perSecond()).isGreaterThan(49);
    passes(Duration.ofSeconds(11));
    assertThat(pace.throttled(10, now)).isTrue();
    assertThat(pace.messageRate().perSecond()).isLessThan(26);
    assertThat(pace.ceiling()).isEqualTo(5);
  }

  @Test
  void doesNotJumpBackAfterManyComplaints() {
    SitePace pace = pace("unlimited", "100/s");
    sent(pace, Duration.ofSeconds(30));
    for (int i = 0; i < 5; i++) {
      assertThat(pace.throttled(20, now)).isTrue();
      passes(Duration.ofSeconds(11));
    }
    assertThat(pace.messageRate().perSecond()).isBetween(3.0, 3.3);
    sent(pace, Duration.ofMinutes(1));
    assertThat(pace.messageRate().perSecond()).isBetween(4.5, 6.0);
    sent(pace, Duration.ofMinutes(5));
    assertThat(pace.messageRate().perSecond()).isBetween(10.0, 25.0);
    sent(pace, Duration.ofMinutes(30));
    assertThat(pace.messageRate()).isEqualTo(new Rate(100));
  }

  @Test
  void findsALimitWhereThereWasNone() {
    SitePace pace = pace("unlimited", "unlimited");
    for (int i = 0; i < 3_000; i++) {
      pace.takeMessage(now);
      pace.succeeded(now);
      passes(Duration.ofMillis(10));
    }
    assertThat(pace.throttled(4, now)).isTrue();
    assertThat(pace.messageRate().perSecond()).isBetween(45.0, 55.0);
    sent(pace, Duration.ofMinutes(10));
    assertThat(pace.messageRate()).isEqualTo(Rate.UNLIMITED);
  }

  @Test
  void neverStopsForComplaints() {
    SitePace pace = pace("unlimited", "unlimited");
    for (int i = 0; i < 100; i++) {
      pace.throttled(1, now);
      passes(Duration.ofSeconds(11));
    }
    assertThat(pace.ceiling()).isEqualTo(1);
    assertThat(pace.messageRate().text()).isEqualTo("1/m");
    passes(Duration.ofSeconds(60));
    assertThat(pace.untilMessage(now)).isZero();
  }

  @Test
  void pausesLongerEachTimeUntilAMessageIsTaken() {
    SitePace pace = pace("unlimited", "unlimited");
    for (long seconds : new long[] {30, 60, 120, 240, 480, 600, 600}) {
      assertThat(pace.turnedAway("421 4.7.0 later", NO_HINT, now)).isTrue();
      assertThat(pace.turnedAway("421 4.7.0 later", NO_HINT, now)).as("once").isFalse();
      assertThat(pace.untilMessage(now)).isEqualTo(Duration.ofSeconds(seconds).toNanos());
      assertThat(pace.reason(0, now))
          .hasValue("site paused for %d s after 421 4.7.0 later".formatted(seconds));
      passes(Duration.ofSeconds(seconds));
      assertThat(pace.untilMessage(now)).isZero();
      assertThat(pace.ceiling()).as("one goes first").isEqualTo(1);
    }
    pace.succeeded(now);
    pace.turnedAway("421 4.7.0 later", NO_HINT, now);
    assertThat(pace.untilMessage(now)).isEqualTo(Duration.ofSeconds(30).toNanos());
  }

  @Test
  void waitsAsLongAsItIsAskedToButNotForDays() {
    SitePace pace = pace("unlimited", "unlimited");
    pace.turnedAway("421 try again in 20 minutes", Duration.ofMinutes(20), now);
    assertThat(pace.untilMessage(now)).isEqualTo(Duration.ofMinutes(20).toNanos());
    pace.resume();
    assertThat(pace.untilMessage(now)).isZero();
    pace.turnedAway("421 try again in 2 days", Duration.ofDays(2), now);
    assertThat(pace.untilMessage(now)).isEqualTo(Duration.ofHours(1).toNanos());
  }

  @Test
  void opensOneConnectionToASiteOfWhichNothingIsKnown() {
    SitePace pace =
        new SitePace(
            new SiteLimits(
                20, 100, Rate.UNLIMITED, Rate.UNLIMITED, Duration.ZERO, Duration.ofSeconds(30)),
            now);
    assertThat(pace.ceiling()).isEqualTo(1);
    pace.connected();
    assertThat(pace.ceiling()).isEqualTo(20);
    pace.crowded(4);
    assertThat(pace.ceiling()).isEqualTo(4);
  }
}

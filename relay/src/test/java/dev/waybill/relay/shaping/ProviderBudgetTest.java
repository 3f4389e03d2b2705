package dev.waybill.relay.shaping;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What the sites of a provider share, by a clock that is moved by hand.
class ProviderBudgetTest {
  private static final long MILLISECOND = Duration.ofMillis(1).toNanos();
  private final List<String> shownIn = new ArrayList<>();
  private final List<Long> after = new ArrayList<>();
  private long now = 1_000_000_000_000L;

  private ProviderBudget<String> budget(int connections, String connectionRate, String rate) {
    return new ProviderBudget<>(
        "large",
        new ProviderLimits(
            connections, Rate.parse(connectionRate).orElseThrow(), Rate.parse(rate).orElseThrow()),
        (site, nanos) -> {
          shownIn.add(site);
          after.add(nanos / MILLISECOND);
        },
        now);
  }

  private ProviderBudget<String> budget(int connections) {
    return budget(connections, "unlimited", "unlimited");
  }

  private void passes(Duration time) {
    now += time.toNanos();
  }

  @Test
  void showsSitesInInTheOrderInWhichTheyCame() {
    ProviderBudget<String> budget = budget(2);
    assertThat(budget.ask("huge", now)).isTrue();
    assertThat(budget.ask("huge", now)).isTrue();
    assertThat(budget.isWanted()).isFalse();
    assertThat(budget.ask("huge", now)).isFalse();
    assertThat(budget.ask("small", now)).isFalse();
    assertThat(budget.ask("smaller", now)).isFalse();
    assertThat(budget.isWanted()).isTrue();
    assertThat(shownIn).isEmpty();
    budget.ended(now);
    assertThat(budget.ask("huge", now)).as("behind those who came before").isFalse();
    budget.ended(now);
    budget.ended(now);
    assertThat(shownIn).containsExactly("huge", "small", "smaller");
    assertThat(budget.waiting()).isEqualTo(1);
  }

  @Test
  void givesAPlaceThatNobodyWantsToTheNext() {
    ProviderBudget<String> budget = budget(1, "1/s", "1/s");
    assertThat(budget.ask("one", now)).isTrue();
    assertThat(budget.ask("other", now)).isFalse();
    budget.refuse(now);
    assertThat(shownIn).containsExactly("other");
    assertThat(after).as("neither turn was used").containsExactly(0L);
  }

  @Test
  void letsNobodyOvertakeWhoStandsInLine() {
    ProviderBudget<String> budget = budget(1);
    assertThat(budget.ask("one", now)).isTrue();
    assertThat(budget.ask("other", now)).isFalse();
    budget.ended(now);
    assertThat(shownIn).containsExactly("other");
    assertThat(budget.ask("one", now)).isFalse();
    budget.ended(now);
    assertThat(shownIn).containsExactly("other", "one");
  }

  @Test
  void handsOutTurnsAtASteadyPaceToNewAndOldConnectionsAlike() {
    ProviderBudget<String> budget = budget(100, "unlimited", "2/s");
    assertThat(budget.ask("a", now)).isTrue();
    assertThat(budget.takeMessage(now)).isZero();
    assertThat(budget.ask("b", now)).isFalse();
    assertThat(budget.takeMessage(now)).isEqualTo(1_000 * MILLISECOND);
    assertThat(budget.ask("c", now)).isFalse();
    assertThat(shownIn).containsExactly("b", "c");
    assertThat(after).containsExactly(500L, 1_500L);
    budget.giveMessageBack();
    passes(Duration.ofMillis(1_500));
    assertThat(budget.takeMessage(now)).isZero();
  }

  @Test
  void opensConnectionsAtTheRateOfAllSites() {
    ProviderBudget<String> budget = budget(100, "10/s", "unlimited");
    for (int i = 0; i < 10; i++) {
      assertThat(budget.ask("site" + i, now)).isTrue();
    }
    assertThat(budget.ask("late", now)).isFalse();
    assertThat(budget.ask("later", now)).isFalse();
    assertThat(after).containsExactly(100L, 200L);
    assertThat(budget.reason(true, now))
        .hasValue("large: rate limited by shaping: 10/s connections to all its sites");
  }

  @Test
  void wantsHalfOfItsConnectionsAfterAComplaint() {
    ProviderBudget<String> budget = budget(40, "unlimited", "100/s");
    for (int i = 0; i < 30; i++) {
      assertThat(budget.ask("site" + i, now)).isTrue();
    }
    assertThat(budget.dismisses()).isFalse();
    assertThat(budget.throttled(now)).isTrue();
    assertThat(budget.throttled(now)).as("said about the same pace").isFalse();
    int dismissed = 0;
    while (budget.dismisses()) {
      dismissed++;
    }
    assertThat(dismissed).isEqualTo(15);
    assertThat(budget.ask("late", now)).isFalse();
    assertThat(budget.reason(true, now))
        .hasValue("large: 30 of 15 connections in use for now (40 else)");
    for (int i = 0; i < 15; i++) {
      budget.ended(now);
    }
    assertThat(shownIn).isEmpty();
    budget.ended(now);
    assertThat(shownIn).containsExactly("late");
  }

  @Test
  void growsBackWithSuccess() {
    ProviderBudget<String> budget = budget(4, "unlimited", "unlimited");
    for (int i = 0; i < 4; i++) {
      assertThat(budget.ask("site" + i, now)).isTrue();
    }
    assertThat(budget.ask("fifth", now)).isFalse();
    assertThat(budget.throttled(now)).isTrue();
    for (int i = 0; i < 3; i++) {
      budget.ended(now);
    }
    assertThat(shownIn).containsExactly("fifth");
    assertThat(budget.ask("sixth", now)).isFalse();
    for (int i = 0; i < 20; i++) {
      budget.succeeded(now);
    }
    assertThat(shownIn).containsExactly("fifth", "sixth");
  }

  @Test
  void neverFallsBelowATwentieth() {
    ProviderBudget<String> budget = budget(100, "unlimited", "10/s");
    for (int i = 0; i < 50; i++) {
      assertThat(budget.throttled(now)).isTrue();
      passes(Duration.ofMinutes(1));
    }
    for (int i = 0; i < 5; i++) {
      budget.ask("site" + i, now);
    }
    budget.ask("late", now);
    assertThat(budget.reason(true, now))
        .hasValue("large: 5 of 5 connections in use for now (100 else)");
    assertThat(budget.reason(false, now))
        .hasValue(
            "large: rate limited by shaping: 30/m messages to all its sites since it complained (10/s else)");
  }

  @Test
  void doesNotRiseAboveASlowRateByAComplaint() {
    ProviderBudget<String> budget = budget(5, "unlimited", "10/h");
    budget.throttled(now);
    for (int i = 0; i < 10; i++) {
      budget.takeMessage(now);
    }
    assertThat(budget.takeMessage(now)).isGreaterThan(Duration.ofMinutes(59).toNanos());
  }

  @Test
  void isInNobodysWayWithoutALimit() {
    ProviderBudget<String> budget =
        new ProviderBudget<>("other", ProviderLimits.NONE, (site, _) -> shownIn.add(site), now);
    for (int i = 0; i < 10_000; i++) {
      assertThat(budget.ask("site", now)).isTrue();
      assertThat(budget.takeMessage(now)).isZero();
    }
    assertThat(budget.throttled(now)).isFalse();
    assertThat(budget.dismisses()).isFalse();
    assertThat(budget.isWanted()).isFalse();
    assertThat(budget.reason(true, now)).isEmpty();
    assertThat(shownIn).isEmpty();
  }
}

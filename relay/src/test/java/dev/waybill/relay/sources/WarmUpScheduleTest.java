package dev.waybill.relay.sources;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class WarmUpScheduleTest {
  private final WarmUpSchedule standard = WarmUpSchedule.standard();

  @Test
  void theUsualOneBeginsSmallAndEnds() {
    assertThat(standard.allowance(1)).isEqualTo(50);
    assertThat(standard.allowance(7)).isEqualTo(2_500);
    assertThat(standard.allowance(20)).isEqualTo(standard.allowance(19)).isEqualTo(50_000);
    assertThat(standard.allowance(30)).isEqualTo(300_000);
    assertThat(standard.allowance(31)).isEqualTo(WarmUpSchedule.UNLIMITED);
    assertThat(standard.allowance(10_000)).isEqualTo(WarmUpSchedule.UNLIMITED);
  }

  /// What the data file says of itself.
  @Test
  void theUsualOneNeverMoreThanDoubles() {
    for (long day = 2; day <= 30; day++) {
      assertThat(standard.allowance(day))
          .as("day %d", day)
          .isBetween(standard.allowance(day - 1), 2 * standard.allowance(day - 1));
    }
  }

  @Test
  void nothingLeavesBeforeTheFirstDay() {
    WarmUp warmUp = new WarmUp(LocalDate.parse("2026-12-01"), standard);

    assertThat(warmUp.allowance(LocalDate.parse("2026-11-30"))).isZero();
    assertThat(warmUp.allowance(LocalDate.parse("2026-12-01"))).isEqualTo(50);
    assertThat(warmUp.allowance(LocalDate.parse("2026-12-02"))).isEqualTo(100);
    assertThat(warmUp.dayOf(LocalDate.parse("2026-12-31"))).isEqualTo(31);
  }

  @Test
  void anOperatorsOwnIsOneDayAfterAnother() {
    WarmUpSchedule own = WarmUpSchedule.of(List.of(20, 10, 500));

    assertThat(own.allowance(0)).isZero();
    assertThat(own.allowance(1)).isEqualTo(20);
    assertThat(own.allowance(2)).isEqualTo(10);
    assertThat(own.allowance(3)).isEqualTo(500);
    assertThat(own.allowance(4)).isEqualTo(WarmUpSchedule.UNLIMITED);
  }

  @Test
  void refusesOneThatNeverEndsOrNeverBegins() {
    assertThatThrownBy(() -> new WarmUpSchedule(new TreeMap<>(Map.of(1L, 50L))))
        .hasMessage("warm-up {1=50} (expected: messages from day 1 on, and in the end no limit)");
    assertThatThrownBy(
            () -> new WarmUpSchedule(new TreeMap<>(Map.of(2L, WarmUpSchedule.UNLIMITED))))
        .hasMessageStartingWith("warm-up {2=");
    assertThatThrownBy(() -> WarmUpSchedule.of(List.of(5, 0))).hasMessageStartingWith("warm-up {");
  }
}

package dev.waybill.relay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.report.BounceClass;
import dev.waybill.relay.report.RetryPaces;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RetryScheduleTest {
  private static final RetrySchedule USUAL =
      new RetrySchedule(Duration.ofMinutes(1), Duration.ofHours(4), Duration.ofDays(5), 0);

  private final RetryPaces paces = RetryPaces.load();

  @Test
  void whatIsThrottledIsNeverPutOffForHours() {
    assertThat(minutes(BounceClass.THROTTLED, USUAL))
        .containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 60L);
  }

  @Test
  void aFullMailboxAndABadNameAreNotKnockedAtAtOnce() {
    assertThat(minutes(BounceClass.FULL, USUAL))
        .containsExactly(30L, 60L, 120L, 240L, 240L, 240L, 240L);
    assertThat(minutes(BounceClass.REPUTATION, USUAL))
        .containsExactly(15L, 30L, 60L, 120L, 240L, 240L, 240L);
  }

  @Test
  void everyOtherReasonKeepsTheUsualPace() {
    assertThat(minutes(BounceClass.UNKNOWN, USUAL)).containsExactly(1L, 2L, 4L, 8L, 16L, 32L, 64L);
    assertThat(USUAL.paced(RetryPaces.Pace.USUAL)).isEqualTo(USUAL);
  }

  @Test
  void theOperatorsOwnBoundsHold() {
    RetrySchedule slow =
        new RetrySchedule(Duration.ofHours(2), Duration.ofHours(4), Duration.ofDays(1), 0);
    assertThat(minutes(BounceClass.THROTTLED, slow)).containsOnly(120L);
    RetrySchedule brief =
        new RetrySchedule(Duration.ofMinutes(1), Duration.ofMinutes(10), Duration.ofMinutes(10), 0);
    assertThat(minutes(BounceClass.FULL, brief)).containsOnly(10L);
  }

  private List<Long> minutes(BounceClass cause, RetrySchedule usual) {
    RetrySchedule paced = usual.paced(paces.of(cause));
    return IntStream.rangeClosed(1, 7)
        .mapToObj(attempts -> paced.pauseAfter(attempts, new Random(1)).toMinutes())
        .toList();
  }
}

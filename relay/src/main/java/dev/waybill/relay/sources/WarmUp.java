package dev.waybill.relay.sources;

import java.time.LocalDate;
import java.util.Objects;

/// How an address becomes known to receivers: little mail leaves from there at first. A value.
///
/// @param begins the first day on which mail leaves from there; days are those of UTC
/// @param schedule how much on which day
public record WarmUp(LocalDate begins, WarmUpSchedule schedule) {
  public WarmUp {
    Objects.requireNonNull(begins, "begins");
    Objects.requireNonNull(schedule, "schedule");
  }

  /// Which of its days it is: 1 on the first, less before.
  public long dayOf(LocalDate day) {
    return day.toEpochDay() - begins.toEpochDay() + 1;
  }

  /// Messages that may be sent on a day, of [WarmUpSchedule#UNLIMITED] at most.
  public long allowance(LocalDate day) {
    return schedule.allowance(dayOf(day));
  }
}

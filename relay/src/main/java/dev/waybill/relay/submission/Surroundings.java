package dev.waybill.relay.submission;

import dev.waybill.relay.clock.TimeOrderedIds;
import java.time.Duration;
import java.time.InstantSource;
import java.util.Objects;
import java.util.function.LongSupplier;

/// Time and chance, as this room is given them. All of it is called from many threads at once.
///
/// @param ids makes the ids of messages
/// @param clock tells when a message arrived
/// @param nanos a monotonic clock in nanoseconds, for deadlines
/// @param pause lets the calling thread wait
public record Surroundings(
    TimeOrderedIds ids, InstantSource clock, LongSupplier nanos, Pause pause) {
  /// Lets the calling thread wait.
  @FunctionalInterface
  public interface Pause {
    void pause(Duration howLong) throws InterruptedException;
  }

  public Surroundings {
    Objects.requireNonNull(ids, "ids");
    Objects.requireNonNull(clock, "clock");
    Objects.requireNonNull(nanos, "nanos");
    Objects.requireNonNull(pause, "pause");
  }
}

package dev.waybill.relay.testing;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicReference;

/// A clock that only moves when a test moves it. Any thread may use it.
public final class MovableClock implements InstantSource {
  private final AtomicReference<Instant> now;

  public MovableClock(Instant start) {
    this.now = new AtomicReference<>(start);
  }

  /// Starts at a fixed, arbitrary time.
  public static MovableClock standing() {
    return new MovableClock(Instant.parse("2026-01-02T03:04:05Z"));
  }

  public void advance(Duration step) {
    now.updateAndGet(time -> time.plus(step));
  }

  @Override
  public Instant instant() {
    return now.get();
  }
}

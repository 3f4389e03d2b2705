package dev.waybill.cli.client;

import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import java.time.Duration;

/// Asking again and again, with pauses and an end. The only place where this program looks at a
/// clock. One thread uses it.
public final class Patience {
  private final Duration interval;
  private final long started = System.nanoTime();
  private final Duration limit;

  /// @param interval the pause between two questions
  /// @param limit when to give up
  public Patience(Duration interval, Duration limit) {
    this.interval = interval;
    this.limit = limit;
  }

  /// How long it has been.
  public Duration elapsed() {
    return Duration.ofNanos(System.nanoTime() - started);
  }

  /// Pauses, but not beyond the end; false when the end has come.
  public boolean pause() throws Failure {
    Duration left = limit.minus(elapsed());
    if (!left.isPositive()) {
      return false;
    }
    try {
      Thread.sleep(left.compareTo(interval) < 0 ? left : interval);
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      throw new Failure(ExitCode.FAILED, "interrupted while waiting", "");
    }
    return true;
  }
}

package dev.waybill.relay.operations;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What a delivery that is not settled waits for.
public enum DeliveryState {
  /// Its time, as the application wished.
  SCHEDULED,
  /// Its first attempt.
  QUEUED,
  /// Its turn in a node's memory, or the end of an attempt that is under way.
  SENDING,
  /// Its next attempt.
  DEFERRED,
  /// The operator; or the next start, after a fault of ours.
  HELD;

  /// Reads a public name, such as `deferred`.
  public static Optional<DeliveryState> parse(String text) {
    return Arrays.stream(values()).filter(state -> state.text().equals(text)).findFirst();
  }

  /// The public name, such as `deferred`.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}

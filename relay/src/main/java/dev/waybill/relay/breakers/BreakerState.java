package dev.waybill.relay.breakers;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// How a stream of a domain stands.
public enum BreakerState {
  /// Within the limits, or not enough mail to say.
  OK,
  /// Over a limit that asks for attention; mail flows.
  WARNED,
  /// Over a limit that stops it: its mail waits until somebody releases it.
  HELD,
  /// Released; the nodes are letting go of what they held.
  RELEASING;

  /// Reads a public name, such as `held`.
  static Optional<BreakerState> parse(String text) {
    return Arrays.stream(values()).filter(state -> state.text().equals(text)).findFirst();
  }

  /// The public name, such as `held`.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}

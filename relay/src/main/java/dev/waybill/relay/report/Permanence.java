package dev.waybill.relay.report;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/// What a bounce says about the next message to the same address.
public enum Permanence {
  /// The address is dead: every later message will end alike.
  HARD,
  /// The trouble may pass, or is not understood.
  SOFT,
  /// The address works; this sender, or this message, was not wanted.
  BLOCK;

  /// The public name, such as `hard`.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }

  static Optional<Permanence> parse(String text) {
    return Arrays.stream(values()).filter(each -> each.text().equals(text)).findFirst();
  }
}

package dev.waybill.relay.streams;

import java.util.Locale;
import java.util.Optional;

/// What kind of mail a message is, as its application says; it decides about unsubscribing.
public enum Stream {
  /// Mail that somebody's own action asked for: receipts, password resets.
  TRANSACTIONAL,
  /// Mail to a list: it carries List-Unsubscribe and honours it.
  MARKETING;

  /// Reads the public name (`transactional`, `marketing`) in any case.
  public static Optional<Stream> parse(String text) {
    for (Stream stream : values()) {
      if (stream.text().equals(text.toLowerCase(Locale.ROOT))) {
        return Optional.of(stream);
      }
    }
    return Optional.empty();
  }

  /// The public name, such as `marketing`.
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}

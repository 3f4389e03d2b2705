package dev.waybill.relay.admission;

import java.nio.charset.StandardCharsets;

/// Short pieces of a message, for telling its sender what is wrong with it. Stateless.
final class Excerpt {
  private static final int SHORT = 120;

  private Excerpt() {}

  /// The beginning of the text where it is long.
  static String of(String text) {
    return text.length() <= SHORT ? text : upTo(SHORT, text) + "...";
  }

  /// The line that begins at that offset, shortened.
  static String line(byte[] message, int from) {
    int end = from;
    while (end < message.length && end - from <= SHORT && message[end] != '\r') {
      end++;
    }
    return of(new String(message, from, end - from, StandardCharsets.UTF_8));
  }

  /// At most that many characters, never half of a surrogate pair.
  static String upTo(int length, String text) {
    if (text.length() <= length) {
      return text;
    }
    return text.substring(
        0, Character.isHighSurrogate(text.charAt(length - 1)) ? length - 1 : length);
  }
}

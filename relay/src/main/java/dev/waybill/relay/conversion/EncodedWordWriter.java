package dev.waybill.relay.conversion;

import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// Writes text as encoded words (RFC 2047 §2), several where one is too short, each on a line of
/// its own; who decodes them gets the text again. Stateless.
final class EncodedWordWriter {
  /// Behind which every word begins a line.
  static final String FOLD = "\r\n ";

  /// Characters of a line that has a word in it, and of a word without its text (RFC 2047 §2).
  static final int MAX_LINE = 76;

  private static final int FRAME = "=?UTF-8?B??=".length();
  private static final int LEAST = 12;

  private EncodedWordWriter() {}

  /// @param column where the first word begins in its line; the others begin one of their own
  static String encode(String text, int column) {
    StringBuilder words = new StringBuilder();
    int room = octets(column);
    if (room < LEAST) {
      words.append(FOLD);
      room = octets(1);
    }
    int from = 0;
    while (from < text.length()) {
      int to = from;
      int octets = 0;
      while (to < text.length()) {
        int point = text.codePointAt(to);
        int more = Character.toString(point).getBytes(StandardCharsets.UTF_8).length;
        if (octets + more > room) {
          break;
        }
        octets += more;
        to += Character.charCount(point);
      }
      byte[] word = text.substring(from, to).getBytes(StandardCharsets.UTF_8);
      words
          .append(from == 0 ? "" : FOLD)
          .append("=?UTF-8?B?")
          .append(Base64.getEncoder().encodeToString(word))
          .append("?=");
      from = to;
      room = octets(1);
    }
    return words.toString();
  }

  /// Where a text ends in its line.
  static int end(String text, int column) {
    int line = text.lastIndexOf('\n');
    return line < 0 ? column + text.length() : text.length() - line - 1;
  }

  /// How many fit into a word.
  private static int octets(int column) {
    return (MAX_LINE - column - FRAME) / 4 * 3;
  }
}

package dev.waybill.relay.http;

import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.util.HexFormat;
import java.util.Optional;

/// Percent-decoding (RFC 3986 §2.1) that refuses what it does not understand.
final class Percent {
  private Percent() {}

  /// Decodes once, as UTF-8.
  ///
  /// @param plusIsSpace as in form-encoded queries; in a path a plus is a plus
  /// @return empty for an incomplete escape, malformed UTF-8, or a control character
  static Optional<String> decode(String text, boolean plusIsSpace) {
    if (text.indexOf('%') < 0 && !(plusIsSpace && text.indexOf('+') >= 0)) {
      return Optional.of(text);
    }
    byte[] octets = new byte[text.length()];
    int length = 0;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == '%') {
        if (i + 2 >= text.length()
            || !HexFormat.isHexDigit(text.charAt(i + 1))
            || !HexFormat.isHexDigit(text.charAt(i + 2))) {
          return Optional.empty();
        }
        octets[length++] = (byte) HexFormat.fromHexDigits(text, i + 1, i + 3);
        i += 2;
      } else {
        octets[length++] = (byte) (c == '+' && plusIsSpace ? ' ' : c);
      }
    }
    return utf8(octets, length);
  }

  private static Optional<String> utf8(byte[] octets, int length) {
    String text;
    try {
      text =
          StandardCharsets.UTF_8.newDecoder().decode(ByteBuffer.wrap(octets, 0, length)).toString();
    } catch (CharacterCodingException malformed) {
      return Optional.empty();
    }
    return text.chars().anyMatch(Character::isISOControl) ? Optional.empty() : Optional.of(text);
  }
}

package dev.waybill.relay.message;

import java.io.ByteArrayOutputStream;
import java.nio.charset.Charset;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/// Looks through the encoded words of an originator field (RFC 2047 §2) for what mail readers that
/// decode too early would take for an address or a line end. Stateless.
final class EncodedWords {
  private EncodedWords() {}

  /// @throws UnreadableMailbox when a decoded word holds a control character or looks like `<a@b>`
  static void refuseDeceptive(String value) throws UnreadableMailbox {
    StringBuilder decoded = new StringBuilder();
    int start = value.indexOf("=?");
    while (start >= 0) {
      int charsetEnd = value.indexOf('?', start + 2);
      int encodingEnd = charsetEnd < 0 ? -1 : value.indexOf('?', charsetEnd + 1);
      int end = encodingEnd < 0 ? -1 : value.indexOf("?=", encodingEnd + 1);
      if (end < 0) {
        break;
      }
      String charset = value.substring(start + 2, charsetEnd);
      String encoding = value.substring(charsetEnd + 1, encodingEnd);
      decoded.append(decode(charset, encoding, value.substring(encodingEnd + 1, end)));
      start = value.indexOf("=?", end + 2);
    }
    int bracket = decoded.indexOf("<");
    if (bracket >= 0 && decoded.indexOf("@", bracket) >= 0) {
      throw new UnreadableMailbox("an encoded word that hides an address");
    }
    if (decoded.chars().anyMatch(c -> (c < ' ' && c != '\t') || (c >= 0x7F && c < 0xA0))) {
      throw new UnreadableMailbox("an encoded word that hides a control character");
    }
  }

  private static String decode(String charset, String encoding, String text) {
    byte[] octets = "b".equalsIgnoreCase(encoding) ? base64(text) : quoted(text);
    int language = charset.indexOf('*');
    String name = language < 0 ? charset : charset.substring(0, language);
    try {
      return new String(octets, Charset.forName(name));
    } catch (IllegalArgumentException unknown) {
      return new String(octets, StandardCharsets.US_ASCII);
    }
  }

  private static byte[] base64(String text) {
    try {
      return Base64.getMimeDecoder().decode(text);
    } catch (IllegalArgumentException broken) {
      return text.getBytes(StandardCharsets.UTF_8);
    }
  }

  private static byte[] quoted(String text) {
    ByteArrayOutputStream octets = new ByteArrayOutputStream(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      int high = c == '=' && i + 2 < text.length() ? Character.digit(text.charAt(i + 1), 16) : -1;
      int low = high < 0 ? -1 : Character.digit(text.charAt(i + 2), 16);
      if (low >= 0) {
        octets.write(high * 16 + low);
        i += 2;
      } else {
        octets.write(c == '_' ? ' ' : c);
      }
    }
    return octets.toByteArray();
  }
}

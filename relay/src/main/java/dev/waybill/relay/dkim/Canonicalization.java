package dev.waybill.relay.dkim;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Arrays;

/// The "relaxed" canonicalization of RFC 6376 §3.4.2 and §3.4.4, over octets and without decoding.
///
/// One object gathers one text to be hashed; confined to one thread.
final class Canonicalization {
  private static final int CHUNK = 8_192;

  private byte[] octets = new byte[1_024];
  private int length;

  /// Adds one header field as §3.4.2 wants it, without the line break at its end.
  ///
  /// @param start of the field's name
  /// @param colon of its colon
  /// @param end behind its last octet; line breaks at the end are ignored
  void header(byte[] message, int start, int colon, int end) {
    reserve(end - start + 2);
    int nameEnd = colon;
    while (nameEnd > start && isBlank(message[nameEnd - 1])) {
      nameEnd--;
    }
    for (int i = start; i < nameEnd; i++) {
      byte b = message[i];
      octets[length++] = b >= 'A' && b <= 'Z' ? (byte) (b + 32) : b;
    }
    octets[length++] = ':';
    boolean blank = false;
    boolean first = true;
    for (int i = colon + 1; i < end; i++) {
      byte b = message[i];
      if (isBlank(b)) {
        blank = true;
      } else if (b != '\r' && b != '\n') {
        if (blank && !first) {
          octets[length++] = ' ';
        }
        octets[length++] = b;
        blank = false;
        first = false;
      }
    }
  }

  void lineBreak() {
    reserve(2);
    octets[length++] = '\r';
    octets[length++] = '\n';
  }

  byte[] octets() {
    return Arrays.copyOf(octets, length);
  }

  /// As the other, for a field that this program wrote.
  void header(String field) {
    byte[] bytes = field.getBytes(StandardCharsets.US_ASCII);
    header(bytes, 0, field.indexOf(':'), bytes.length);
  }

  /// Hashes a body as §3.4.4 wants it: an empty body, or one of empty lines only, is no octets.
  static byte[] hashBody(byte[] message, int from, MessageDigest digest) {
    byte[] chunk = new byte[CHUNK];
    int filled = 0;
    int breaks = 0;
    boolean blank = false;
    boolean content = false;
    int end = message.length;
    for (int i = from; i < end; i++) {
      byte b = message[i];
      if (b == '\r' && i + 1 < end && message[i + 1] == '\n') {
        // blanks at the end of a line and empty lines at the end of the body do not count
        breaks++;
        blank = false;
        i++;
        continue;
      }
      if (isBlank(b)) {
        blank = true;
        continue;
      }
      while (breaks > 0) {
        if (filled > CHUNK - 8) {
          digest.update(chunk, 0, filled);
          filled = 0;
        }
        chunk[filled++] = '\r';
        chunk[filled++] = '\n';
        breaks--;
      }
      if (filled > CHUNK - 8) {
        digest.update(chunk, 0, filled);
        filled = 0;
      }
      if (blank) {
        chunk[filled++] = ' ';
        blank = false;
      }
      chunk[filled++] = b;
      content = true;
    }
    digest.update(chunk, 0, filled);
    if (content) {
      digest.update(new byte[] {'\r', '\n'});
    }
    return digest.digest();
  }

  private void reserve(int more) {
    if (octets.length - length < more) {
      octets = Arrays.copyOf(octets, Math.max(octets.length * 2, length + more));
    }
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }
}

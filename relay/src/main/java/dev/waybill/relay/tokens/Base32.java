package dev.waybill.relay.tokens;

import java.util.Optional;

/// Base32 in lower case and without padding (RFC 4648 §6), for text whose case may be changed on
/// the way.
///
/// Pure; any thread may use it. One value has one spelling but for its case.
final class Base32 {
  private static final String ALPHABET = "abcdefghijklmnopqrstuvwxyz234567";

  private Base32() {}

  static String encode(byte[] octets) {
    StringBuilder text = new StringBuilder((octets.length * 8 + 4) / 5);
    int bits = 0;
    int held = 0;
    for (byte octet : octets) {
      held = (held << 8) | (octet & 0xFF);
      bits += 8;
      while (bits >= 5) {
        bits -= 5;
        text.append(ALPHABET.charAt((held >>> bits) & 31));
      }
      held &= 31;
    }
    if (bits > 0) {
      text.append(ALPHABET.charAt((held << (5 - bits)) & 31));
    }
    return text.toString();
  }

  /// Reads either case; empty for other letters, an impossible length or bits left over.
  static Optional<byte[]> decode(String text) {
    byte[] octets = new byte[text.length() * 5 / 8];
    int bits = 0;
    int held = 0;
    int written = 0;
    for (int i = 0; i < text.length(); i++) {
      int digit = digit(text.charAt(i));
      if (digit < 0) {
        return Optional.empty();
      }
      held = (held << 5) | digit;
      bits += 5;
      if (bits >= 8) {
        bits -= 8;
        octets[written++] = (byte) (held >>> bits);
      }
      held &= 0xFF;
    }
    boolean canonical = bits < 5 && (held & ((1 << bits) - 1)) == 0;
    return canonical ? Optional.of(octets) : Optional.empty();
  }

  private static int digit(char c) {
    if (c >= 'a' && c <= 'z') {
      return c - 'a';
    }
    if (c >= 'A' && c <= 'Z') {
      return c - 'A';
    }
    return c >= '2' && c <= '7' ? c - '2' + 26 : -1;
  }
}

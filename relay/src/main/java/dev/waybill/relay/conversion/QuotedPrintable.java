package dev.waybill.relay.conversion;

import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;

/// Writes lines of text in quoted-printable (RFC 2045 §6.7); decoded, they are the same octets.
/// Stateless.
final class QuotedPrintable {
  /// Octets of a line before the equals sign that breaks it.
  private static final int MAX_LINE = 75;

  private static final byte[] HEX = "0123456789ABCDEF".getBytes(StandardCharsets.US_ASCII);

  private QuotedPrintable() {}

  /// Encodes a range whose lines end in CR LF.
  static byte[] encode(byte[] message, int from, int to) {
    ByteArrayOutputStream out = new ByteArrayOutputStream((to - from) * 5 / 4);
    int column = 0;
    boolean continued = false;
    for (int i = from; i < to; i++) {
      if (isLineBreak(message, i, to)) {
        out.write('\r');
        out.write('\n');
        i++;
        column = 0;
        continued = false;
        continue;
      }
      // a line that we begin must never look like a boundary
      boolean plain = isPlain(message, i, to) && !(continued && column == 0 && message[i] == '-');
      if (column + (plain ? 1 : 3) > MAX_LINE) {
        out.write('=');
        out.write('\r');
        out.write('\n');
        column = 0;
        continued = true;
        plain = plain && message[i] != '-';
      }
      if (plain) {
        out.write(message[i]);
        column++;
      } else {
        out.write('=');
        out.write(HEX[message[i] >> 4 & 0xF]);
        out.write(HEX[message[i] & 0xF]);
        column += 3;
      }
    }
    return out.toByteArray();
  }

  /// Blanks stand as they are but at the end of a line, where they get lost on the way.
  private static boolean isPlain(byte[] message, int i, int to) {
    byte octet = message[i];
    if (octet == ' ' || octet == '\t') {
      return i + 1 < to && !isLineBreak(message, i + 1, to);
    }
    return octet > ' ' && octet < 0x7F && octet != '=';
  }

  private static boolean isLineBreak(byte[] message, int i, int to) {
    return message[i] == '\r' && i + 1 < to && message[i + 1] == '\n';
  }
}

package dev.waybill.relay.smtp;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// Reads replies from a host that may send anything. Confined to the session's thread.
///
/// At most 100 lines a reply and 1,000 octets a line (longer ones are cut off, far longer ones are
/// a protocol fault); a line may end in a bare LF, as some hosts write them.
final class ReplyReader {
  static final int MAX_LINES = 100;
  static final int MAX_LINE = 1_000;
  private static final int MAX_REPLY = 2 * MAX_LINES * MAX_LINE;

  private final InputStream in;
  private final byte[] buffer = new byte[2_048];
  private final byte[] line = new byte[MAX_LINE];
  private int position;
  private int limit;
  private int octets;

  ReplyReader(InputStream in) {
    this.in = in;
  }

  /// Whether the host has sent more than was read, as far as it has arrived.
  boolean hasBuffered() {
    return position < limit;
  }

  /// Reads one whole reply.
  ///
  /// @throws SmtpProtocolException when it is none
  /// @throws IOException when the connection ends first
  Reply read() throws IOException {
    octets = 0;
    List<String> lines = new ArrayList<>(2);
    int code = 0;
    while (true) {
      int length = readLine();
      int ownCode = code(length);
      if (code != 0 && ownCode != code) {
        throw new SmtpProtocolException(
            "a reply of several codes: %d, then %d".formatted(code, ownCode));
      }
      code = ownCode;
      if (length > 3 && line[3] != ' ' && line[3] != '-') {
        throw fault(length);
      }
      lines.add(length > 4 ? clean(length) : "");
      if (length == 3 || line[3] == ' ') {
        return new Reply(code, lines);
      }
      if (lines.size() == MAX_LINES) {
        throw new SmtpProtocolException("a reply of more than %d lines".formatted(MAX_LINES));
      }
    }
  }

  private int code(int length) throws SmtpProtocolException {
    if (length < 3
        || line[0] < '2'
        || line[0] > '5'
        || line[1] < '0'
        || line[1] > '9'
        || line[2] < '0'
        || line[2] > '9') {
      throw fault(length);
    }
    return (line[0] - '0') * 100 + (line[1] - '0') * 10 + (line[2] - '0');
  }

  private SmtpProtocolException fault(int length) {
    String start = printable(new String(line, 0, Math.min(length, 80), StandardCharsets.UTF_8));
    return new SmtpProtocolException(
        "\"%s\" is no SMTP reply (expected: three digits and text)".formatted(start));
  }

  private String clean(int length) {
    return printable(new String(line, 4, length - 4, StandardCharsets.UTF_8));
  }

  private static String printable(String text) {
    StringBuilder clean = null;
    for (int i = 0; i < text.length(); i++) {
      if (Character.isISOControl(text.charAt(i))) {
        clean = clean == null ? new StringBuilder(text) : clean;
        clean.setCharAt(i, text.charAt(i) == '\t' ? ' ' : '?');
      }
    }
    return clean == null ? text : clean.toString();
  }

  private int readLine() throws IOException {
    int length = 0;
    byte last = 0;
    while (true) {
      if (position == limit) {
        fill();
      }
      byte octet = buffer[position++];
      if (++octets > MAX_REPLY) {
        throw new SmtpProtocolException("a reply of more than %d octets".formatted(MAX_REPLY));
      }
      if (octet == '\n') {
        return last == '\r' && length > 0 && line[length - 1] == '\r' ? length - 1 : length;
      }
      if (length < MAX_LINE) {
        line[length++] = octet;
      }
      last = octet;
    }
  }

  private void fill() throws IOException {
    position = 0;
    limit = Math.max(0, in.read(buffer));
    if (limit == 0) {
      throw new EOFException("the host closed the connection");
    }
  }
}

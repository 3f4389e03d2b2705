package dev.waybill.relay.submission;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.CharacterCodingException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;

/// What a client sent and nobody consumed yet: commands and messages come out of one buffer, so
/// that pipelined octets are never lost between them. Confined to the session's thread.
final class ClientInput {
  /// A line as it came.
  sealed interface Line {}

  /// A whole line without its CR LF: printable, at most [#MAX_LINE] octets.
  record Text(String text) implements Line {}

  /// A longer line; it was skipped.
  record TooLong() implements Line {}

  /// A CR without LF or an LF without CR: where lines end is no longer known.
  record BareLineEnd() implements Line {}

  /// A whole line that is not UTF-8 or has control characters.
  record NotText() implements Line {}

  /// The client closed its side; a piece of a line is not a line.
  record Closed() implements Line {}

  /// RFC 4954 §4: room for a base64 authentication response.
  static final int MAX_LINE = 12_288;

  private static final int MAX_SKIPPED = 64 * 1024;

  private final Connection connection;
  private final Duration idle;
  private final Duration command;
  private final byte[] buffer = new byte[16 * 1024];
  private int position;
  private int limit;

  ClientInput(Connection connection, SubmissionSettings.Timeouts timeouts) {
    this.connection = connection;
    this.idle = timeouts.idle();
    this.command = timeouts.command();
  }

  /// Whether octets are here already.
  boolean hasPending() {
    return position < limit;
  }

  /// @throws java.net.SocketTimeoutException when the line did not come in time
  Line readLine() throws IOException {
    if (!await(connection.now() + idle.toNanos())) {
      return new Closed();
    }
    long deadline = connection.now() + command.toNanos();
    int scan = position;
    while (true) {
      for (; scan < limit; scan++) {
        boolean behindCr = scan > position && buffer[scan - 1] == '\r';
        if (behindCr != (buffer[scan] == '\n')) {
          return new BareLineEnd();
        }
        if (behindCr) {
          int from = position;
          position = scan + 1;
          int length = scan - 1 - from;
          return length > MAX_LINE ? new TooLong() : text(from, length);
        }
      }
      if (limit - position > MAX_LINE + 1) {
        return skipLine(deadline);
      }
      scan -= position;
      if (!more(deadline)) {
        return new Closed();
      }
      scan += position;
    }
  }

  /// Makes sure that at least one octet is in the buffer.
  ///
  /// @return false when the client closed its side
  boolean await(long deadline) throws IOException {
    return position < limit || more(deadline);
  }

  /// The buffer; what is pending lies between [#position] and [#limit].
  byte[] buffer() {
    return buffer;
  }

  int position() {
    return position;
  }

  int limit() {
    return limit;
  }

  /// Counts everything before that offset as consumed.
  void consumeTo(int offset) {
    position = offset;
  }

  private boolean more(long deadline) throws IOException {
    if (position > 0) {
      System.arraycopy(buffer, position, buffer, 0, limit - position);
      limit -= position;
      position = 0;
    }
    int count = connection.receive(buffer, limit, buffer.length - limit, deadline);
    if (count < 0) {
      return false;
    }
    limit += count;
    return true;
  }

  private Line skipLine(long deadline) throws IOException {
    boolean behindCr = false;
    int skipped = 0;
    while (await(deadline)) {
      byte octet = buffer[position++];
      if (octet == '\n') {
        return behindCr ? new TooLong() : new BareLineEnd();
      }
      if (behindCr || ++skipped > MAX_SKIPPED) {
        return new BareLineEnd();
      }
      behindCr = octet == '\r';
    }
    return new Closed();
  }

  private Line text(int from, int length) {
    boolean ascii = true;
    for (int i = from; i < from + length; i++) {
      byte octet = buffer[i];
      if ((octet >= 0 && octet < ' ' && octet != '\t') || octet == 0x7F) {
        return new NotText();
      }
      ascii &= octet >= 0;
    }
    if (ascii) {
      return new Text(new String(buffer, from, length, StandardCharsets.US_ASCII));
    }
    try {
      return new Text(
          StandardCharsets.UTF_8
              .newDecoder()
              .decode(ByteBuffer.wrap(buffer, from, length))
              .toString());
    } catch (CharacterCodingException notUtf8) {
      return new NotText();
    }
  }
}

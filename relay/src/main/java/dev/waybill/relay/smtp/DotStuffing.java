package dev.waybill.relay.smtp;

import java.io.IOException;

/// Puts a message on the wire as DATA wants it (RFC 5321 §4.5.2). Confined to the session's thread.
final class DotStuffing {
  private static final byte[] END = {'\r', '\n', '.', '\r', '\n'};

  /// Takes the next block; its array is used again afterwards.
  @FunctionalInterface
  interface Sink {
    void write(byte[] block, int length) throws IOException;
  }

  private final byte[] block;

  DotStuffing(int blockSize) {
    this.block = new byte[blockSize];
  }

  /// Every line must end in CR LF: hosts disagree about what a bare CR or LF means, and one that
  /// takes LF for a line's end could be made to see the end of the message in its middle.
  ///
  /// @throws IllegalArgumentException naming the place of the first bare CR or LF
  static void requireCrLf(byte[] message) {
    byte last = 0;
    for (int i = 0; i < message.length; i++) {
      byte octet = message[i];
      if ((octet == '\n') != (last == '\r')) {
        throw bare(last == '\r' ? i - 1 : i);
      }
      last = octet;
    }
    if (last == '\r') {
      throw bare(message.length - 1);
    }
  }

  /// Writes the message in blocks, its dots doubled at the start of lines, ended by CR LF . CR LF;
  /// a message whose last line is not ended gets that one CR LF.
  void write(byte[] message, Sink sink) throws IOException {
    int length = 0;
    boolean lineStart = true;
    for (byte octet : message) {
      if (length + 2 > block.length) {
        sink.write(block, length);
        length = 0;
      }
      if (lineStart && octet == '.') {
        block[length++] = '.';
      }
      block[length++] = octet;
      lineStart = octet == '\n';
    }
    if (length + END.length > block.length) {
      sink.write(block, length);
      length = 0;
    }
    int from = lineStart ? 2 : 0;
    System.arraycopy(END, from, block, length, END.length - from);
    sink.write(block, length + END.length - from);
  }

  private static IllegalArgumentException bare(int at) {
    return new IllegalArgumentException(
        "a bare CR or LF at octet %d of the message (expected: CR LF at the end of every line)"
            .formatted(at));
  }
}

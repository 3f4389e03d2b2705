package dev.waybill.relay.feedback;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.time.Duration;
import java.util.function.LongSupplier;

/// Reads what follows DATA up to CR LF . CR LF, the only end there is, and undoes the dot-stuffing
/// (RFC 5321 §4.5.2). Stateless; any thread may call it.
final class DataReader {
  private static final long DEADLINE = Duration.ofMinutes(10).toNanos();
  private static final int CHECK_EVERY = 1024;
  private static final int DRAIN_FACTOR = 4;

  /// How the reading ended.
  sealed interface Outcome {}

  /// The message's exact bytes.
  record Whole(byte[] content) implements Outcome {}

  /// Over the limit; the data was read to its end and the session goes on.
  record TooLarge() implements Outcome {}

  /// So far over the limit that reading to its end is no longer worth it.
  record Endless() implements Outcome {}

  /// Not complete within ten minutes, whatever trickles in.
  record TooSlow() implements Outcome {}

  private enum At {
    LINE_START,
    DOT,
    DOT_CR,
    TEXT,
    CR
  }

  private final int maxSize;
  private final LongSupplier nanos;

  DataReader(int maxSize, LongSupplier nanos) {
    this.maxSize = maxSize;
    this.nanos = nanos;
  }

  /// @throws EOFException when the connection ends before the data does
  Outcome read(InputStream in) throws IOException {
    long start = nanos.getAsLong();
    ByteArrayOutputStream content = new ByteArrayOutputStream(8192);
    At at = At.LINE_START;
    for (long octets = 0; ; octets++) {
      if (octets % CHECK_EVERY == 0 && nanos.getAsLong() - start > DEADLINE) {
        return new TooSlow();
      }
      if (octets > (long) DRAIN_FACTOR * maxSize) {
        return new Endless();
      }
      int octet = in.read();
      if (octet < 0) {
        throw new EOFException("the connection ended within the data");
      }
      if (at == At.DOT_CR && octet == '\n') {
        return content.size() > maxSize ? new TooLarge() : new Whole(content.toByteArray());
      }
      if (at == At.DOT_CR) {
        keep(content, '\r');
      }
      if (!((at == At.LINE_START && octet == '.') || (at == At.DOT && octet == '\r'))) {
        keep(content, octet);
      }
      at = next(at, octet);
    }
  }

  private static At next(At at, int octet) {
    return switch (at) {
      case LINE_START -> octet == '.' ? At.DOT : afterText(octet);
      case DOT -> octet == '\r' ? At.DOT_CR : At.TEXT;
      case DOT_CR, TEXT -> afterText(octet);
      case CR -> octet == '\n' ? At.LINE_START : afterText(octet);
    };
  }

  private static At afterText(int octet) {
    return octet == '\r' ? At.CR : At.TEXT;
  }

  private void keep(ByteArrayOutputStream content, int octet) {
    if (content.size() <= maxSize) {
      content.write(octet);
    }
  }
}

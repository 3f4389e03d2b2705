package dev.waybill.relay.submission;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// Reads one message up to its end, CR LF . CR LF and nothing else (RFC 5321 §4.1.1.4), and takes
/// the stuffed dots out (§4.5.2). Confined to the session's thread; used once.
///
/// A message with a bare CR, a bare LF or a NUL is read to its true end all the same: stopping
/// early would make commands of its rest, which is how mail is smuggled.
final class DataReader {
  /// How the reading ended.
  enum End {
    /// At the end of the message.
    COMPLETE,
    /// The client closed its side before.
    CUT,
    /// The client went on far beyond the size limit.
    FLOODED
  }

  /// What must not be in a message.
  enum Flaw {
    BARE_CR,
    BARE_LF,
    NUL
  }

  private enum Place {
    LINE_START,
    TEXT,
    CR,
    /// Behind a dot that began a line.
    DOT,
    DOT_CR
  }

  private final ClientInput input;
  private final BodySpool spool;
  private final long mostOctets;
  private Place place = Place.LINE_START;
  private @Nullable Flaw flaw;
  private boolean eightBit;

  /// @param mostOctets how many octets are read before giving up
  DataReader(ClientInput input, BodySpool spool, long mostOctets) {
    this.input = input;
    this.spool = spool;
    this.mostOctets = mostOctets;
  }

  /// @throws java.net.SocketTimeoutException when the client is silent or the deadline passes
  End read(long deadline) throws IOException {
    long octets = 0;
    while (input.await(deadline)) {
      octets += input.limit() - input.position();
      if (readBuffered()) {
        return End.COMPLETE;
      }
      if (octets > mostOctets) {
        return End.FLOODED;
      }
    }
    return End.CUT;
  }

  /// The first thing that was wrong; null when nothing was.
  @Nullable Flaw flaw() {
    return flaw;
  }

  boolean eightBit() {
    return eightBit;
  }

  /// Takes what is in the buffer, in as few pieces as the dots allow.
  private boolean readBuffered() {
    byte[] buffer = input.buffer();
    int end = input.limit();
    int piece = input.position();
    int high = 0;
    Place place = this.place;
    for (int i = piece; i < end; i++) {
      byte octet = buffer[i];
      high |= octet;
      if (place == Place.TEXT && (octet > '\r' || octet < 0)) {
        continue;
      }
      Place before = place;
      place = next(before, octet);
      if (before == Place.LINE_START && place == Place.DOT) {
        spool.append(buffer, piece, i - piece);
        piece = i + 1;
      } else if (place == Place.DOT_CR) {
        piece = i + 1;
      } else if (before == Place.DOT_CR && octet == '\n') {
        input.consumeTo(i + 1);
        eightBit |= high < 0;
        this.place = place;
        return true;
      }
    }
    this.place = place;
    spool.append(buffer, piece, end - piece);
    input.consumeTo(end);
    eightBit |= high < 0;
    return false;
  }

  private Place next(Place before, byte octet) {
    boolean behindCr = before == Place.CR || before == Place.DOT_CR;
    if (behindCr && octet != '\n') {
      found(Flaw.BARE_CR);
    }
    return switch (octet) {
      case '\n' -> {
        if (behindCr) {
          yield Place.LINE_START;
        }
        found(Flaw.BARE_LF);
        yield Place.TEXT;
      }
      case '\r' -> before == Place.DOT ? Place.DOT_CR : Place.CR;
      case '.' -> before == Place.LINE_START ? Place.DOT : Place.TEXT;
      case 0 -> {
        found(Flaw.NUL);
        yield Place.TEXT;
      }
      default -> Place.TEXT;
    };
  }

  private void found(Flaw what) {
    flaw = flaw == null ? what : flaw;
  }
}

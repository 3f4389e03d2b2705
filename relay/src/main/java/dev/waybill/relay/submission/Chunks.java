package dev.waybill.relay.submission;

import java.io.IOException;
import org.jspecify.annotations.Nullable;

/// A message that comes in chunks (RFC 3030 §2): every octet counts, no dot is stuffed and none
/// ends anything. Confined to the session's thread.
///
/// BINARYMIME is not offered, so a message is lines here too; what is not is read all the same and
/// refused at its end.
final class Chunks {
  private static final byte[] LINE_END = {'\r', '\n'};

  private final BodySpool spool;
  private final LineCheck check = new LineCheck();
  private final long deadline;
  private boolean failed;

  /// @param deadline by which every chunk has to be here, on the clock of the connection
  Chunks(BodySpool spool, long deadline) {
    this.spool = spool;
    this.deadline = deadline;
  }

  BodySpool spool() {
    return spool;
  }

  /// What must not be in the message, of what came by now; null when nothing is.
  DataReader.@Nullable Flaw flaw() {
    return check.flaw();
  }

  boolean eightBit() {
    return check.eightBit();
  }

  /// A chunk was answered with a failure: nothing can follow but RSET.
  boolean hasFailed() {
    return failed;
  }

  void fail() {
    failed = true;
    spool.discard();
  }

  /// Reads one chunk.
  ///
  /// @return false when the client closed its side within it
  /// @throws java.net.SocketTimeoutException when the client is silent or the deadline passes
  boolean receive(ClientInput input, long octets) throws IOException {
    long left = octets;
    while (left > 0) {
      if (!input.await(deadline)) {
        return false;
      }
      int from = input.position();
      int to = (int) Math.min(input.limit(), from + left);
      check.read(input.buffer(), from, to);
      spool.append(input.buffer(), from, to - from);
      input.consumeTo(to);
      left -= to - from;
    }
    return true;
  }

  /// There are no more. A last line without an end gets one: as DATA it could not have come
  /// otherwise.
  BodySpool.State finish() {
    if (!check.endsLine()) {
      spool.append(LINE_END, 0, LINE_END.length);
    }
    return spool.finish();
  }

  /// Reads a chunk that nobody wants, so that its octets are not taken for commands.
  static boolean skip(ClientInput input, long octets, long deadline) throws IOException {
    long left = octets;
    while (left > 0) {
      if (!input.await(deadline)) {
        return false;
      }
      int to = (int) Math.min(input.limit(), input.position() + left);
      left -= to - input.position();
      input.consumeTo(to);
    }
    return true;
  }

  /// Looks for what must not be in the lines of a message while it comes in by pieces.
  private static final class LineCheck {
    private DataReader.@Nullable Flaw flaw;
    private boolean behindCr;
    private boolean endsLine = true;
    private int high;

    void read(byte[] octets, int from, int to) {
      for (int i = from; i < to; i++) {
        byte octet = octets[i];
        high |= octet;
        boolean lineEnd = octet == '\n';
        if (behindCr != lineEnd) {
          found(behindCr ? DataReader.Flaw.BARE_CR : DataReader.Flaw.BARE_LF);
        } else if (octet == 0) {
          found(DataReader.Flaw.NUL);
        }
        endsLine = behindCr && lineEnd;
        behindCr = octet == '\r';
      }
    }

    /// Whether the last octets were CR LF, or there were none.
    boolean endsLine() {
      return endsLine;
    }

    /// The first flaw; null when there is none.
    DataReader.@Nullable Flaw flaw() {
      if (flaw == null && behindCr) {
        return DataReader.Flaw.BARE_CR;
      }
      return flaw;
    }

    boolean eightBit() {
      return high < 0;
    }

    private void found(DataReader.Flaw what) {
      flaw = flaw == null ? what : flaw;
    }
  }
}

package dev.waybill.relay.report.aggregate;

import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/// What comes out of a packed file, up to a size, and up to a multiple of what went in: a megabyte
/// can unpack to a gigabyte. Confined to one thread.
final class BoundedStream extends FilterInputStream {
  /// No report that a receiver wrote comes near it.
  static final long MOST_OCTETS = 32L << 20;

  /// Records differ in some digits each, which gives a ratio of 20 to 60.
  static final int MOST_RATIO = 250;

  /// Below it the ratio says nothing.
  private static final long SMALL = 1L << 20;

  private final long most;
  private long octets;

  /// @param packed how many octets went in
  BoundedStream(InputStream in, long packed) {
    super(in);
    this.most = Math.min(MOST_OCTETS, Math.max(SMALL, packed * MOST_RATIO));
  }

  @Override
  public int read() throws IOException {
    int octet = super.read();
    count(octet < 0 ? 0 : 1);
    return octet;
  }

  @Override
  public int read(byte[] into, int offset, int length) throws IOException {
    int read = super.read(into, offset, length);
    count(Math.max(0, read));
    return read;
  }

  private void count(int more) throws ReportFault {
    octets += more;
    if (octets > most) {
      throw new ReportFault("it unpacks to more than %d octets".formatted(most));
    }
  }
}

package dev.waybill.relay.smtp;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import java.util.Optional;

/// What came of dialling the ways to one host.
///
/// @param line the connection that stood first; empty when none did. Whoever dialled opens a
///   session on it or closes it
/// @param failures why addresses were of no use, in words
/// @param slow whether addresses before the first one that stood were given up although nothing is
///   known against them but that they took longer
public record Dialing(Optional<Line> line, Map<InetSocketAddress, String> failures, boolean slow) {
  public Dialing {
    failures = Map.copyOf(failures);
  }

  /// A connection that nothing was said on yet.
  public static final class Line implements AutoCloseable {
    private final DeadlineKeeper.Watch watch;
    private final Way way;

    Line(DeadlineKeeper.Watch watch, Way way) {
      this.watch = watch;
      this.way = way;
    }

    public InetSocketAddress address() {
      return way.address();
    }

    Optional<String> heloName() {
      return way.heloName();
    }

    /// Our own end of the connection.
    public InetAddress localAddress() {
      return watch.socket().getLocalAddress();
    }

    DeadlineKeeper.Watch watch() {
      return watch;
    }

    @Override
    public void close() {
      watch.close();
    }
  }
}

package dev.waybill.relay.smtp;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/// Connects to a host by whichever of its addresses answers first (RFC 8305 §5). Any thread may
/// call it; it blocks, so call from virtual threads.
///
/// The ways are taken in their order. One that does not stand within a moment gets the next beside
/// it: an address family that leads nowhere costs that moment and not the whole time-out.
final class Dialer {
  /// What RFC 8305 §5 recommends between two attempts.
  static final Duration MOMENT = Duration.ofMillis(250);

  private record Attempt(Way way, DeadlineKeeper.Watch watch) {}

  /// @param failure null when the connection stands
  private record Ended(Attempt attempt, @Nullable String failure) {}

  private final DeadlineKeeper deadlines;
  private final Duration timeout;

  /// @param timeout for each connection
  Dialer(DeadlineKeeper deadlines, Duration timeout) {
    this.deadlines = deadlines;
    this.timeout = timeout;
  }

  /// Gives the first connection that stands; the others are closed.
  Dialing dial(List<Way> ways) {
    Map<InetSocketAddress, String> failures = new LinkedHashMap<>();
    List<Attempt> open = new ArrayList<>();
    BlockingQueue<Ended> ended = new LinkedBlockingQueue<>();
    int started = 0;
    while (started < ways.size() || !open.isEmpty()) {
      if (started < ways.size()) {
        open.add(start(ways.get(started++), ended, ways.size() == 1));
      }
      Ended next = next(ended, started < ways.size());
      if (Thread.currentThread().isInterrupted()) {
        open.forEach(attempt -> attempt.watch().close());
        return new Dialing(
            Optional.empty(), Map.of(ways.getFirst().address(), "interrupted"), false);
      }
      if (next == null) {
        continue;
      }
      open.remove(next.attempt());
      InetSocketAddress address = next.attempt().way().address();
      if (next.failure() == null) {
        open.forEach(loser -> loser.watch().close());
        return new Dialing(
            Optional.of(new Dialing.Line(next.attempt().watch(), next.attempt().way())),
            failures,
            !open.isEmpty());
      }
      failures.put(address, next.failure());
    }
    return new Dialing(Optional.empty(), failures, false);
  }

  private Attempt start(Way way, BlockingQueue<Ended> ended, boolean alone) {
    Attempt attempt = new Attempt(way, deadlines.watch(new Socket()));
    if (alone) {
      ended.add(connect(attempt));
    } else {
      Thread.ofVirtual().name("smtp-dial").start(() -> ended.add(connect(attempt)));
    }
    return attempt;
  }

  private Ended connect(Attempt attempt) {
    Socket socket = attempt.watch().socket();
    Way way = attempt.way();
    try {
      if (way.source().isPresent()) {
        socket.bind(new InetSocketAddress(way.source().get(), 0));
      }
      socket.setTcpNoDelay(true);
      socket.connect(way.address(), Math.toIntExact(timeout.toMillis()));
      return new Ended(attempt, null);
    } catch (IOException | RuntimeException failure) {
      attempt.watch().close();
      return new Ended(
          attempt,
          failure instanceof IOException words ? SmtpClient.words(words) : failure.toString());
    }
  }

  /// The next attempt that has ended; null when another is to be started beside those under way.
  private @Nullable Ended next(BlockingQueue<Ended> ended, boolean more) {
    try {
      return more ? ended.poll(MOMENT.toMillis(), TimeUnit.MILLISECONDS) : ended.take();
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return null;
    }
  }
}

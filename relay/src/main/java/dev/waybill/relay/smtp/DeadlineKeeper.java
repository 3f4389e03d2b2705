package dev.waybill.relay.smtp;

import java.io.IOException;
import java.net.Socket;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/// Closes the sockets of steps that took too long. Any thread may call it.
///
/// A read time-out bounds one read, not a reply that trickles, and nothing in the JDK bounds a
/// write; closing the socket under the waiting thread bounds both. One thread looks at all
/// deadlines ten times a second, so a step costs its session one volatile write.
final class DeadlineKeeper implements AutoCloseable {
  private static final long SWEEP_MILLIS = 100;
  private static final long NONE = Long.MAX_VALUE;

  /// The deadline of one connection; set by its thread, read by the keeper's.
  final class Watch implements AutoCloseable {
    private final Socket socket;
    private volatile long deadline = NONE;
    private volatile boolean expired;

    private Watch(Socket socket) {
      this.socket = socket;
    }

    Socket socket() {
      return socket;
    }

    /// The step that begins now may take this long.
    void begin(Duration step) {
      deadline = nanos.getAsLong() + step.toNanos();
    }

    /// The step is over.
    void end() {
      deadline = NONE;
    }

    /// Whether the socket was closed because a step took too long.
    boolean expired() {
      return expired;
    }

    private void check(long now) {
      long at = deadline;
      if (at != NONE && now - at >= 0) {
        expired = true;
        closeQuietly(socket);
      }
    }

    /// Stops watching and closes the socket.
    @Override
    public void close() {
      watched.remove(this);
      closeQuietly(socket);
    }
  }

  private final LongSupplier nanos;
  private final Set<Watch> watched = ConcurrentHashMap.newKeySet();
  private final ScheduledExecutorService sweeper;
  private volatile boolean closed;

  DeadlineKeeper(LongSupplier nanos) {
    this.nanos = nanos;
    this.sweeper =
        Executors.newSingleThreadScheduledExecutor(
            Thread.ofPlatform().name("smtp-deadlines").daemon(true).factory());
    var sweep =
        sweeper.scheduleWithFixedDelay(
            this::sweep, SWEEP_MILLIS, SWEEP_MILLIS, TimeUnit.MILLISECONDS);
    if (sweep.isDone()) {
      throw new IllegalStateException("the deadline keeper did not start");
    }
  }

  Watch watch(Socket socket) {
    Watch watch = new Watch(socket);
    watched.add(watch);
    if (closed) {
      watch.close();
    }
    return watch;
  }

  /// Closes every watched socket, now and from now on.
  @Override
  public void close() {
    closed = true;
    sweeper.shutdownNow();
    watched.forEach(Watch::close);
  }

  private void sweep() {
    long now = nanos.getAsLong();
    for (Watch watch : watched) {
      watch.check(now);
    }
  }

  private static void closeQuietly(Socket socket) {
    try {
      socket.close();
    } catch (IOException _) {
      // It is of no more use either way.
    }
  }
}

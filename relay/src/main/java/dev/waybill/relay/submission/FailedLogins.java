package dev.waybill.relay.submission;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongSupplier;

/// Remembers from where wrong keys come, for 15 minutes after the last one. Any thread may call it.
///
/// A right key always works and forgives: applications behind one address translation must not be
/// able to lock each other out, and a random 190-bit key cannot be guessed anyway. The delay keeps
/// guessing from costing us anything.
final class FailedLogins {
  /// What to do about a failure.
  ///
  /// @param delay how long to wait before answering
  /// @param close whether the client has had enough chances
  record Penalty(Duration delay, boolean close) {}

  private static final int WITHOUT_DELAY = 2;
  private static final int BEFORE_CLOSING = 6;

  private final Cache<InetAddress, Integer> failures;

  /// @param nanos a monotonic clock in nanoseconds
  FailedLogins(LongSupplier nanos) {
    Ticker ticker = nanos::getAsLong;
    this.failures =
        Caffeine.newBuilder()
            .maximumSize(10_000)
            .expireAfterWrite(Duration.ofMinutes(15))
            .ticker(ticker)
            .build();
  }

  /// Counts one failure: nothing for two, then one second, doubled each time up to 32.
  Penalty failed(InetAddress client) {
    int count = failures.asMap().merge(neighbourhood(client), 1, Integer::sum);
    int doublings = Math.min(count - WITHOUT_DELAY - 1, 5);
    Duration delay = doublings < 0 ? Duration.ZERO : Duration.ofSeconds(1L << doublings);
    return new Penalty(delay, count >= BEFORE_CLOSING);
  }

  void succeeded(InetAddress client) {
    failures.invalidate(neighbourhood(client));
  }

  /// An IPv6 client owns the 64-bit network that it is in.
  private static InetAddress neighbourhood(InetAddress client) {
    if (!(client instanceof Inet6Address)) {
      return client;
    }
    byte[] network = Arrays.copyOf(Arrays.copyOf(client.getAddress(), 8), 16);
    try {
      return InetAddress.getByAddress(network);
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("sixteen octets are an address", impossible);
    }
  }
}

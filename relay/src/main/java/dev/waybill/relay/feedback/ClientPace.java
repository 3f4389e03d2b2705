package dev.waybill.relay.feedback;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// How much one client may ask for: a message or a refused recipient each takes one of so many a
/// minute, and a whole minute's may come at once. Any thread may use it.
///
/// An IPv6 client owns the 64-bit network that it is in. The 10,000 clients that were last heard of
/// are known.
final class ClientPace {
  private static final int MOST_CLIENTS = 10_000;
  private static final long MINUTE = Duration.ofMinutes(1).toNanos();

  /// @param left how much was left
  /// @param at at that time on the monotonic clock
  private record Allowance(double left, long at) {}

  private final int perMinute;
  private final LongSupplier nanos;
  private final Cache<InetAddress, Allowance> clients =
      Caffeine.newBuilder().maximumSize(MOST_CLIENTS).build();

  /// @param perMinute 0 for as much as they like
  /// @param nanos a monotonic clock in nanoseconds
  ClientPace(int perMinute, LongSupplier nanos) {
    this.perMinute = perMinute;
    this.nanos = nanos;
  }

  /// Whether the client may ask for something now.
  boolean permits(InetAddress client) {
    if (perMinute == 0) {
      return true;
    }
    return refilled(clients.getIfPresent(neighbourhood(client)), nanos.getAsLong()) >= 1;
  }

  /// Counts something that the client asked for, whether it was permitted or not.
  void count(InetAddress client) {
    if (perMinute > 0) {
      clients
          .asMap()
          .compute(
              neighbourhood(client),
              (_, before) -> {
                long now = nanos.getAsLong();
                return new Allowance(Math.max(0, refilled(before, now) - 1), now);
              });
    }
  }

  private double refilled(@Nullable Allowance before, long now) {
    return before == null
        ? perMinute
        : Math.min(perMinute, before.left() + (double) (now - before.at()) / MINUTE * perMinute);
  }

  private static InetAddress neighbourhood(InetAddress client) {
    if (!(client instanceof Inet6Address)) {
      return client;
    }
    try {
      return InetAddress.getByAddress(Arrays.copyOf(Arrays.copyOf(client.getAddress(), 8), 16));
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("sixteen octets are an address", impossible);
    }
  }
}

package dev.waybill.relay.admin;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Arrays;

/// Counts wrong keys by where they come from, in bounded memory. Any thread may use it.
///
/// An IPv6 client is counted with the rest of its /64, which costs nothing to move around in.
final class FailedKeys {
  static final int LIMIT = 20;
  static final Duration WINDOW = Duration.ofMinutes(1);
  private static final int MAX_ADDRESSES = 10_000;

  private record Failures(Instant since, int count) {}

  private final InstantSource clock;
  private final Cache<ByteBuffer, Failures> byAddress =
      Caffeine.newBuilder().maximumSize(MAX_ADDRESSES).build();

  FailedKeys(InstantSource clock) {
    this.clock = clock;
  }

  /// Counts one more.
  ///
  /// @return whether the address has used up what it may get wrong within a minute
  boolean isOneTooMany(InetAddress address) {
    Instant now = clock.instant();
    Failures failures =
        byAddress
            .asMap()
            .merge(
                network(address),
                new Failures(now, 1),
                (before, first) ->
                    before.since().plus(WINDOW).isAfter(now)
                        ? new Failures(before.since(), Math.min(before.count(), LIMIT) + 1)
                        : first);
    return failures.count() > LIMIT;
  }

  private static ByteBuffer network(InetAddress address) {
    byte[] octets = address.getAddress();
    return ByteBuffer.wrap(address instanceof Inet6Address ? Arrays.copyOf(octets, 8) : octets);
  }
}

package dev.waybill.relay.access;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import com.github.benmanes.caffeine.cache.Ticker;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.Arrays;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;
import java.util.function.LongSupplier;
import org.jspecify.annotations.Nullable;

/// Stands before the keys: from where wrong ones come, the next is looked at only after a while,
/// however many connections ask at once. Any thread may use it.
///
/// Two wrong keys cost nothing; from then on an address waits a second, doubled with each up to 32,
/// and is forgiven 15 minutes after the last. A key that was right from an address within a day is
/// never kept waiting there, so those behind one address translation cannot lock each other out.
public final class KeyGuard {
  /// What came of asking.
  public sealed interface Answer {
    record Right(ApiKey key) implements Answer {}

    record Wrong() implements Answer {}

    /// The key was not looked at; it may be after that time.
    record Later(Duration pause) implements Answer {}
  }

  private static final int WITHOUT_DELAY = 2;
  private static final int MOST_DOUBLINGS = 5;
  private static final int MAX_ADDRESSES = 10_000;

  /// @param free when the next key is looked at, on the monotonic clock
  private record Failures(int count, long free) {}

  /// A key that was right from there.
  private record Acquaintance(InetAddress from, UUID key) {}

  private final Function<String, Optional<ApiKey>> keys;
  private final LongSupplier nanos;
  private final Cache<InetAddress, Failures> failures;
  private final Cache<Acquaintance, Boolean> acquaintances;

  /// @param keys finds the key of a secret token, quickly and in constant time
  /// @param nanos a monotonic clock in nanoseconds
  public KeyGuard(Function<String, Optional<ApiKey>> keys, LongSupplier nanos) {
    this.keys = keys;
    this.nanos = nanos;
    Ticker ticker = nanos::getAsLong;
    this.failures =
        Caffeine.newBuilder()
            .maximumSize(MAX_ADDRESSES)
            .expireAfterWrite(Duration.ofMinutes(15))
            .ticker(ticker)
            .build();
    this.acquaintances =
        Caffeine.newBuilder()
            .maximumSize(MAX_ADDRESSES)
            .expireAfterWrite(Duration.ofDays(1))
            .ticker(ticker)
            .build();
  }

  /// The key whose secret token this is, without asking who wants to know.
  public Optional<ApiKey> find(String token) {
    return keys.apply(token);
  }

  /// Looks a client's key up, unless wrong ones came from there just now.
  public Answer ask(InetAddress client, String token) {
    InetAddress from = neighbourhood(client);
    Optional<ApiKey> key = keys.apply(token);
    if (key.isPresent()) {
      Acquaintance known = new Acquaintance(from, key.get().id());
      if (acquaintances.getIfPresent(known) != null) {
        acquaintances.put(known, true);
        return new Answer.Right(key.get());
      }
    }
    Answer[] answer = {new Answer.Wrong()};
    failures
        .asMap()
        .compute(
            from,
            (_, before) -> {
              long now = nanos.getAsLong();
              if (before != null && before.free() - now > 0) {
                answer[0] = new Answer.Later(Duration.ofNanos(before.free() - now));
                return before;
              }
              if (key.isPresent()) {
                answer[0] = new Answer.Right(key.get());
                return null;
              }
              return next(before, now);
            });
    if (answer[0] instanceof Answer.Right(ApiKey right)) {
      acquaintances.put(new Acquaintance(from, right.id()), true);
    }
    return answer[0];
  }

  /// Counts a wrong key that was looked at at once.
  ///
  /// @return how long the address should pause now, where it should have waited before; else zero
  public Duration failed(InetAddress client) {
    Duration[] pause = {Duration.ZERO};
    failures
        .asMap()
        .compute(
            neighbourhood(client),
            (_, before) -> {
              long now = nanos.getAsLong();
              Failures after = next(before, now);
              if (before != null && before.free() - now > 0) {
                pause[0] = Duration.ofNanos(after.free() - now);
              }
              return after;
            });
    return pause[0];
  }

  private static Failures next(@Nullable Failures before, long now) {
    int count = before == null ? 1 : Math.min(before.count() + 1, WITHOUT_DELAY + MOST_DOUBLINGS);
    return new Failures(
        count,
        count < WITHOUT_DELAY
            ? now
            : now + Duration.ofSeconds(1L << (count - WITHOUT_DELAY)).toNanos());
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

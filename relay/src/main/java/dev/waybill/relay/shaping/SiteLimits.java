package dev.waybill.relay.shaping;

import java.time.Duration;
import java.util.function.BinaryOperator;
import org.jspecify.annotations.Nullable;

/// How much one site is asked to take at most. A value; any thread may use it.
///
/// @param connections at once, 1 to 1,000
/// @param messagesPerConnection after which a connection is closed, 1 to 1,000,000
/// @param connectionRate how fast connections are opened
/// @param messageRate how fast messages are sent
/// @param idle how long a connection waits for the next message, 0 to 5 minutes
/// @param backOff how long the site is left alone when it turns us away, 1 second to 10 minutes;
///   each further time twice as long
public record SiteLimits(
    int connections,
    int messagesPerConnection,
    Rate connectionRate,
    Rate messageRate,
    Duration idle,
    Duration backOff) {
  /// The longest back-off, also after doubling.
  public static final Duration LONGEST_BACK_OFF = Duration.ofMinutes(10);

  private static final int MOST_CONNECTIONS = 1_000;
  private static final int MOST_MESSAGES = 1_000_000;
  private static final Duration LONGEST_IDLE = Duration.ofMinutes(5);

  /// Some values that are different; null leaves a value as it is.
  public record Change(
      @Nullable Integer connections,
      @Nullable Integer messagesPerConnection,
      @Nullable Rate connectionRate,
      @Nullable Rate messageRate,
      @Nullable Duration idle,
      @Nullable Duration backOff) {
    /// Leaves everything as it is.
    public static final Change NONE = new Change(null, null, null, null, null, null);

    SiteLimits applyTo(SiteLimits limits) {
      return merged(limits, (_, wanted) -> wanted, (_, wanted) -> wanted, (_, wanted) -> wanted);
    }

    /// Never allows more than the limits do; the back-off is always this one's.
    SiteLimits within(SiteLimits limits) {
      return merged(
          limits, Math::min, Rate::atMost, (one, other) -> one.compareTo(other) < 0 ? one : other);
    }

    private SiteLimits merged(
        SiteLimits limits,
        BinaryOperator<Integer> counts,
        BinaryOperator<Rate> rates,
        BinaryOperator<Duration> times) {
      return new SiteLimits(
          merged(limits.connections(), connections, counts),
          merged(limits.messagesPerConnection(), messagesPerConnection, counts),
          merged(limits.connectionRate(), connectionRate, rates),
          merged(limits.messageRate(), messageRate, rates),
          merged(limits.idle(), idle, times),
          backOff == null ? limits.backOff() : backOff);
    }

    private static <T> T merged(T usual, @Nullable T wanted, BinaryOperator<T> rule) {
      return wanted == null ? usual : rule.apply(usual, wanted);
    }
  }

  public SiteLimits {
    if (connections < 1 || connections > MOST_CONNECTIONS) {
      throw problem("connections", connections, "1 to " + MOST_CONNECTIONS);
    }
    if (messagesPerConnection < 1 || messagesPerConnection > MOST_MESSAGES) {
      throw problem("messages-per-connection", messagesPerConnection, "1 to " + MOST_MESSAGES);
    }
    if (idle.isNegative() || idle.compareTo(LONGEST_IDLE) > 0) {
      throw problem("idle", idle, "0s to 5m");
    }
    if (backOff.compareTo(Duration.ofSeconds(1)) < 0 || backOff.compareTo(LONGEST_BACK_OFF) > 0) {
      throw problem("back-off", backOff, "1s to 10m");
    }
  }

  private static IllegalArgumentException problem(String name, Object value, String expected) {
    return new IllegalArgumentException("%s: %s (expected: %s)".formatted(name, value, expected));
  }
}

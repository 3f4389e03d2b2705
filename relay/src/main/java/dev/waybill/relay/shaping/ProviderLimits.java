package dev.waybill.relay.shaping;

import org.jspecify.annotations.Nullable;

/// How much all sites of one provider together are asked to take at most from one pool of our
/// addresses. A value; any thread may use it.
///
/// @param connections at once, at least 1
/// @param connectionRate how fast connections are opened
/// @param messageRate how fast messages are sent
public record ProviderLimits(int connections, Rate connectionRate, Rate messageRate) {
  private static final int ANY = Integer.MAX_VALUE;

  /// For who has no budget in common: each site is as large as it is.
  public static final ProviderLimits NONE = new ProviderLimits(ANY, Rate.UNLIMITED, Rate.UNLIMITED);

  /// Some values that are different; null leaves a value as it is.
  public record Change(
      @Nullable Integer connections, @Nullable Rate connectionRate, @Nullable Rate messageRate) {
    /// Leaves everything as it is.
    public static final Change NONE = new Change(null, null, null);

    /// What is not said is without a limit.
    ProviderLimits limits() {
      return new ProviderLimits(
          connections == null ? ANY : connections,
          connectionRate == null ? Rate.UNLIMITED : connectionRate,
          messageRate == null ? Rate.UNLIMITED : messageRate);
    }

    /// The same with the other's word over it.
    Change with(Change word) {
      return new Change(
          word.connections == null ? connections : word.connections,
          word.connectionRate == null ? connectionRate : word.connectionRate,
          word.messageRate == null ? messageRate : word.messageRate);
    }

    /// As much as a single site may have, where that is more.
    Change atLeast(SiteLimits.Change site) {
      return new Change(
          connections == null || site.connections() == null
              ? connections
              : Integer.valueOf(Math.max(connections, site.connections())),
          faster(connectionRate, site.connectionRate()),
          faster(messageRate, site.messageRate()));
    }

    private static @Nullable Rate faster(@Nullable Rate all, @Nullable Rate one) {
      return all == null || one == null || one.perSecond() <= all.perSecond() ? all : one;
    }
  }

  public ProviderLimits {
    if (connections < 1) {
      throw new IllegalArgumentException(
          "total-connections: %d (expected: at least 1)".formatted(connections));
    }
  }

  /// Whether there may be any number of connections.
  boolean isUncounted() {
    return connections == ANY;
  }
}

package dev.waybill.relay.config;

import dev.waybill.relay.shaping.ProviderLimits;
import dev.waybill.relay.shaping.Rate;
import dev.waybill.relay.shaping.Shaping;
import dev.waybill.relay.shaping.SiteLimits;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/// Reads `delivery.shaping.<provider>.…`. Confined to the thread that starts the relay.
final class ShapingReader {
  private static final String SECTION = "delivery.shaping";
  private static final String CONNECTIONS = "connections";
  private static final String MESSAGES = "messages-per-connection";
  private static final String CONNECTION_RATE = "connection-rate";
  private static final String MESSAGE_RATE = "message-rate";
  private static final String IDLE = "idle";
  private static final String BACK_OFF = "back-off";
  private static final String TOTAL = "total-";
  private static final List<String> ALL =
      List.of(
          CONNECTIONS,
          MESSAGES,
          CONNECTION_RATE,
          MESSAGE_RATE,
          IDLE,
          BACK_OFF,
          TOTAL + CONNECTIONS,
          TOTAL + CONNECTION_RATE,
          TOTAL + MESSAGE_RATE);

  /// The settings of one provider.
  private record ProviderKeys(
      String name,
      Key<Integer> connections,
      Key<Integer> messages,
      Key<Rate> connectionRate,
      Key<Rate> messageRate,
      Key<Duration> idle,
      Key<Duration> backOff,
      Key<Integer> totalConnections,
      Key<Rate> totalConnectionRate,
      Key<Rate> totalMessageRate) {
    static ProviderKeys of(String name) {
      return new ProviderKeys(
          name,
          key(name, CONNECTIONS, Kind.number(1, 1_000)),
          key(name, MESSAGES, Kind.number(1, 1_000_000)),
          key(name, CONNECTION_RATE, Kind.rate()),
          key(name, MESSAGE_RATE, Kind.rate()),
          key(
              name,
              IDLE,
              Kind.duration("a duration from 0s to 5m", Duration.ZERO, Duration.ofMinutes(5))),
          key(
              name,
              BACK_OFF,
              Kind.duration(
                  "a duration from 1s to 10m", Duration.ofSeconds(1), SiteLimits.LONGEST_BACK_OFF)),
          key(name, TOTAL + CONNECTIONS, Kind.number(1, 100_000)),
          key(name, TOTAL + CONNECTION_RATE, Kind.rate()),
          key(name, TOTAL + MESSAGE_RATE, Kind.rate()));
    }

    /// Everybody's sites together have no limit but `delivery.total-connections`.
    List<Key<?>> all() {
      List<Key<?>> all =
          new ArrayList<>(
              List.of(connections, messages, connectionRate, messageRate, idle, backOff));
      if (!name.equals(Shaping.GENERIC)) {
        all.addAll(List.of(totalConnections, totalConnectionRate, totalMessageRate));
      }
      return all;
    }

    private static <T> Key<T> key(String name, String last, Kind<T> kind) {
      return new Key<>(String.join(".", SECTION, name, last), kind, Key.Form.SINGLE, "");
    }
  }

  private final Configuration configuration;
  private final List<ProviderKeys> providers;

  ShapingReader(Configuration configuration) {
    this.configuration = configuration;
    this.providers = configuration.sections(SECTION, ALL).stream().map(ProviderKeys::of).toList();
  }

  /// The settings that there are for the providers that are named.
  List<Key<?>> keys() {
    return providers.stream().flatMap(keys -> keys.all().stream()).<Key<?>>map(key -> key).toList();
  }

  Shaping shaping() {
    Map<String, SiteLimits.Change> changes = new HashMap<>();
    Map<String, ProviderLimits.Change> totals = new HashMap<>();
    for (ProviderKeys keys : providers) {
      changes.put(
          keys.name(),
          new SiteLimits.Change(
              configuration.optional(keys.connections()).orElse(null),
              configuration.optional(keys.messages()).orElse(null),
              configuration.optional(keys.connectionRate()).orElse(null),
              configuration.optional(keys.messageRate()).orElse(null),
              configuration.optional(keys.idle()).orElse(null),
              configuration.optional(keys.backOff()).orElse(null)));
      totals.put(
          keys.name(),
          new ProviderLimits.Change(
              configuration.optional(keys.totalConnections()).orElse(null),
              configuration.optional(keys.totalConnectionRate()).orElse(null),
              configuration.optional(keys.totalMessageRate()).orElse(null)));
    }
    return Shaping.load().with(changes, totals);
  }
}

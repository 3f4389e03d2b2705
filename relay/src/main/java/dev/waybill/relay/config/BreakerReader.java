package dev.waybill.relay.config;

import dev.waybill.relay.breakers.BreakerSettings;
import java.util.Map;

/// Reads `delivery.breakers.…`. Confined to the thread that starts the relay.
final class BreakerReader {
  private BreakerReader() {}

  /// @param ofStreams what is different for single streams, by their names
  /// @throws IllegalArgumentException for values that do not fit together
  static BreakerSettings read(
      Configuration configuration, Map<String, BreakerSettings.Mode> ofStreams) {
    return new BreakerSettings(
        configuration.get(Keys.BREAKERS_MODE),
        ofStreams,
        new BreakerSettings.Limits(
            configuration.get(Keys.BREAKERS_COMPLAINTS_WARN),
            configuration.get(Keys.BREAKERS_COMPLAINTS_HOLD)),
        new BreakerSettings.Limits(
            configuration.get(Keys.BREAKERS_BOUNCES_WARN),
            configuration.get(Keys.BREAKERS_BOUNCES_HOLD)),
        new BreakerSettings.Windows(
            configuration.get(Keys.BREAKERS_WINDOW), configuration.get(Keys.BREAKERS_LONG_WINDOW)),
        configuration.get(Keys.BREAKERS_MINIMUM_VOLUME));
  }
}

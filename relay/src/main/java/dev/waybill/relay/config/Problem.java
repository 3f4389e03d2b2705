package dev.waybill.relay.config;

import java.util.Objects;

/// One thing that is wrong with the configuration.
///
/// @param source where the value came from: `waybill.yaml:12` or `environment WAYBILL_HOSTNAME`
/// @param key the setting's name
/// @param value what was given; `…` for a secret
/// @param expected what would have been right
public record Problem(String source, String key, String value, String expected) {
  public Problem {
    Objects.requireNonNull(source, "source");
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(value, "value");
    Objects.requireNonNull(expected, "expected");
  }

  @Override
  public String toString() {
    return "%s: %s: %s (expected: %s)".formatted(source, key, value, expected);
  }
}

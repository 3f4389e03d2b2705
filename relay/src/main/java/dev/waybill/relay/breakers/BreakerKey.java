package dev.waybill.relay.breakers;

import java.util.Comparator;
import java.util.Objects;

/// Whose mail is judged together: one stream of one registered domain.
///
/// @param domain the registered domain's name
/// @param stream the stream's name
public record BreakerKey(String domain, String stream) implements Comparable<BreakerKey> {
  private static final Comparator<BreakerKey> ORDER =
      Comparator.comparing(BreakerKey::domain).thenComparing(BreakerKey::stream);

  public BreakerKey {
    Objects.requireNonNull(domain, "domain");
    Objects.requireNonNull(stream, "stream");
  }

  @Override
  public int compareTo(BreakerKey other) {
    return ORDER.compare(this, other);
  }
}

package dev.waybill.relay.tracking;

import java.net.InetSocketAddress;
import java.util.Objects;

/// Where recipients' links are answered (`tracking.listen`).
///
/// @param listen the address to bind; port 0 picks a free one
public record TrackingSettings(InetSocketAddress listen) {
  public TrackingSettings {
    Objects.requireNonNull(listen, "listen");
  }

  /// Every address, port 8080.
  public static TrackingSettings defaults() {
    return new TrackingSettings(new InetSocketAddress("0.0.0.0", 8080));
  }
}

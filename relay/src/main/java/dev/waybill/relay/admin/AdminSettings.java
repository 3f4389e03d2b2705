package dev.waybill.relay.admin;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;

/// Where the admin API is served (`admin.listen`).
///
/// @param listen the address to bind; port 0 picks a free one
public record AdminSettings(InetSocketAddress listen) {
  public AdminSettings {
    Objects.requireNonNull(listen, "listen");
  }

  /// This machine only, port 8081.
  public static AdminSettings defaults() {
    return new AdminSettings(new InetSocketAddress(InetAddress.getLoopbackAddress(), 8081));
  }
}

package dev.waybill.relay.tracking;

import dev.waybill.relay.smtp.IpNetwork;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/// Where and how recipients' links are answered (`tracking.*`).
///
/// @param listen the address to bind; port 0 picks a free one
/// @param secure the same over TLS; empty for none
/// @param hosts the relay's own tracking hosts, in lower case
/// @param privacy what is kept of recipients' addresses
/// @param proxyNetworks whose `X-Forwarded-For` is believed
/// @param spill the file for events that the journal cannot take yet
public record TrackingSettings(
    InetSocketAddress listen,
    Optional<Secure> secure,
    Set<String> hosts,
    Privacy privacy,
    List<IpNetwork> proxyNetworks,
    Path spill) {
  public TrackingSettings {
    Objects.requireNonNull(listen, "listen");
    Objects.requireNonNull(secure, "secure");
    Objects.requireNonNull(privacy, "privacy");
    Objects.requireNonNull(spill, "spill");
    hosts = Set.copyOf(hosts);
    proxyNetworks = List.copyOf(proxyNetworks);
  }

  /// The door over TLS.
  ///
  /// @param listen the address to bind; port 0 picks a free one
  /// @param certificates the folder of `<host>.crt` and `<host>.key`
  public record Secure(InetSocketAddress listen, Path certificates) {}
}

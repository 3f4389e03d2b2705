package dev.waybill.relay.smtp;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/// One way to a host. A value.
///
/// @param source the local address to connect from; empty leaves it to the system
/// @param heloName our host name there, as EHLO says it; empty for the client's own
public record Way(
    InetSocketAddress address, Optional<InetAddress> source, Optional<String> heloName) {
  /// With the client's own name in EHLO.
  public Way(InetSocketAddress address, Optional<InetAddress> source) {
    this(address, source, Optional.empty());
  }
}

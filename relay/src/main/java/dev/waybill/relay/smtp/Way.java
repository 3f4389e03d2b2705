package dev.waybill.relay.smtp;

import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Optional;

/// One way to a host. A value.
///
/// @param source the local address to connect from; empty leaves it to the system
public record Way(InetSocketAddress address, Optional<InetAddress> source) {}

package dev.waybill.relay.sources;

import dev.waybill.relay.message.DomainName;
import java.net.InetAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A local address to connect from. A value.
///
/// @param heloName the host name in EHLO of what is said from there; receivers expect it to lead to
///   the address (RFC 5321 §4.1.4)
/// @param pool whose connections leave from there
/// @param warmUp how it becomes known; null for an address that receivers know
public record SourceAddress(
    InetAddress address, String heloName, String pool, @Nullable WarmUp warmUp) {
  /// One that receivers know.
  public SourceAddress(InetAddress address, String heloName, String pool) {
    this(address, heloName, pool, null);
  }

  public SourceAddress {
    Objects.requireNonNull(address, "address");
    if (address.isAnyLocalAddress() || address.isMulticastAddress()) {
      throw new IllegalArgumentException(
          "source %s (expected: an address of one interface)".formatted(address.getHostAddress()));
    }
    if (DomainName.parse(heloName).isEmpty()) {
      throw new IllegalArgumentException(
          "helo %s (expected: a host name such as mail.example.com)".formatted(heloName));
    }
    if (!SourcePools.isName(pool)) {
      throw new IllegalArgumentException(
          "pool %s (expected: %s)".formatted(pool, SourcePools.NAME));
    }
  }
}

package dev.waybill.relay.delivery;

import dev.waybill.relay.smtp.IpNetwork;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.util.Arrays;
import java.util.List;
import java.util.stream.Stream;

/// Says which addresses mail may be delivered to, and which name servers may be asked. A value; any
/// thread may use it.
///
/// Whoever owns a domain picks its MX and its name servers; without this rule they could pick a
/// machine of our own network.
///
/// @param allowed networks that are open although they are not public
public record AddressPolicy(List<IpNetwork> allowed) {
  private static final List<IpNetwork> CLOSED =
      Stream.of(
              // IPv4: unspecified, private, shared (RFC 6598), loopback, link-local, protocol
              // assignments, benchmarks, multicast, reserved with broadcast
              "0.0.0.0/8",
              "10.0.0.0/8",
              "100.64.0.0/10",
              "127.0.0.0/8",
              "169.254.0.0/16",
              "172.16.0.0/12",
              "192.0.0.0/24",
              "192.168.0.0/16",
              "198.18.0.0/15",
              "224.0.0.0/4",
              "240.0.0.0/4",
              // IPv6: unspecified, loopback and IPv4-compatible; local NAT64 (RFC 8215); discard
              // (RFC 6666); Teredo; unique local; link-local; site-local; multicast
              "::/96",
              "64:ff9b:1::/48",
              "100::/64",
              "2001::/32",
              "fc00::/7",
              "fe80::/10",
              "fec0::/10",
              "ff00::/8")
          .map(IpNetwork::of)
          .toList();

  private static final IpNetwork NAT64 = IpNetwork.of("64:ff9b::/96");
  private static final IpNetwork SIX_TO_FOUR = IpNetwork.of("2002::/16");

  public AddressPolicy {
    allowed = List.copyOf(allowed);
  }

  /// Whether the operator named the address's network.
  boolean allows(InetAddress address) {
    return allowed.stream().anyMatch(network -> network.contains(address));
  }

  /// Whether a connection may go there.
  public boolean permits(InetAddress address) {
    if (allows(address)) {
      return true;
    }
    if (CLOSED.stream().anyMatch(network -> network.contains(address))) {
      return false;
    }
    // Addresses that carry an IPv4 address lead to it (RFC 6052 §2.1, RFC 3056 §2).
    if (NAT64.contains(address)) {
      return permits(embedded(address, 12));
    }
    return !SIX_TO_FOUR.contains(address) || permits(embedded(address, 2));
  }

  private static InetAddress embedded(InetAddress address, int from) {
    try {
      return InetAddress.getByAddress(Arrays.copyOfRange(address.getAddress(), from, from + 4));
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException(impossible);
    }
  }
}

package dev.waybill.relay.dmarc;

import com.google.common.net.InetAddresses;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.smtp.IpNetwork;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Predicate;

/// From where this relay's mail comes, as receivers see it. Any thread may use it.
///
/// That is what the relay puts into its domains' SPF records, and the local addresses that it sends
/// from, which may be others where somebody translates addresses.
public final class OwnSources {
  private final List<IpNetwork> networks = new ArrayList<>();
  private final List<DomainName> names = new ArrayList<>();
  private final Function<DomainName, List<InetAddress>> resolver;

  /// @param mechanisms of SPF, such as `ip4:192.0.2.1` or `a:mail.example.com`; others are passed
  ///   over
  /// @param addresses what is sent from
  /// @param resolver the addresses of a name, none where the DNS does not say; it may wait
  public OwnSources(
      List<String> mechanisms,
      List<InetAddress> addresses,
      Function<DomainName, List<InetAddress>> resolver) {
    this.resolver = resolver;
    for (String mechanism : mechanisms) {
      int colon = mechanism.indexOf(':');
      String rest = mechanism.substring(colon + 1);
      switch (colon < 0 ? "" : mechanism.substring(0, colon)) {
        case "ip4", "ip6", "+ip4", "+ip6" -> IpNetwork.parse(rest).ifPresent(networks::add);
        case "a", "+a" -> DomainName.parse(rest).ifPresent(names::add);
        default -> {}
      }
    }
    addresses.forEach(
        address -> networks.add(new IpNetwork(address, address.getAddress().length * 8)));
  }

  /// Tells whether an address is ours, as of now; empty where nothing is known about ours. It may
  /// wait for the DNS.
  Optional<Predicate<String>> look() {
    Set<InetAddress> named = new HashSet<>();
    names.forEach(name -> named.addAll(resolver.apply(name)));
    if (networks.isEmpty() && named.isEmpty()) {
      return Optional.empty();
    }
    return Optional.of(text -> {
      InetAddress address = InetAddresses.forString(text);
      return named.contains(address)
          || networks.stream().anyMatch(network -> network.contains(address));
    });
  }
}

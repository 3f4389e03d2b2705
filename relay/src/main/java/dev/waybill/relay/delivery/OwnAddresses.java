package dev.waybill.relay.delivery;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.waybill.relay.dns.Lookup;
import dev.waybill.relay.message.DomainName;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.SocketException;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;

/// The addresses under which this machine is reached: mail sent there would come back to us (RFC
/// 5321 §5.1). Any thread may call it; it may wait for the DNS.
///
/// They are those of the network interfaces, the ones mail is sent from, and those that the DNS has
/// for our names, which may be somebody's who translates addresses. Loopback is not among them.
final class OwnAddresses {
  private static final Duration KEPT = Duration.ofMinutes(1);
  private static final String HERE = "here";

  private final Set<DomainName> names;
  private final List<InetAddress> sources;
  private final Function<DomainName, Lookup<InetAddress>> resolver;
  private final Cache<String, Set<InetAddress>> interfaces =
      Caffeine.newBuilder().expireAfterWrite(KEPT).build();

  /// @param resolver finds the addresses of a name
  OwnAddresses(
      Set<DomainName> names,
      List<InetAddress> sources,
      Function<DomainName, Lookup<InetAddress>> resolver) {
    this.names = Set.copyOf(names);
    this.sources = List.copyOf(sources);
    this.resolver = resolver;
  }

  boolean contains(InetAddress address) {
    if (address.isLoopbackAddress()) {
      return false;
    }
    return sources.contains(address)
        || interfaces.get(HERE, _ -> ofInterfaces()).contains(address)
        || names.stream().anyMatch(name -> isOf(name, address));
  }

  private boolean isOf(DomainName name, InetAddress address) {
    return resolver.apply(name) instanceof Lookup.Found<InetAddress>(List<InetAddress> found)
        && found.contains(address);
  }

  private static Set<InetAddress> ofInterfaces() {
    try {
      return NetworkInterface.networkInterfaces()
          .flatMap(NetworkInterface::inetAddresses)
          .collect(Collectors.toCollection(HashSet::new));
    } catch (SocketException unknown) {
      return Set.of();
    }
  }
}

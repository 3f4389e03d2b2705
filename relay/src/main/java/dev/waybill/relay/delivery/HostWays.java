package dev.waybill.relay.delivery;

import dev.waybill.relay.smtp.Way;
import dev.waybill.relay.sources.SourceAddress;
import dev.waybill.relay.sources.SourceChoice;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;

/// Puts a host's addresses into the order in which they are called on, and leaves out those that
/// must not be or cannot be, each with a local address of the pool to come from. Any thread may
/// call it.
///
/// Families take turns, IPv6 first (RFC 8305 §4); within a family chance decides.
final class HostWays {
  private static final String NO_WAY = "no way there from this machine";

  private final DeliverySettings settings;
  private final AddressPolicy policy;
  private final OwnAddresses own;
  private final RandomGenerator random;

  HostWays(DeliverySettings settings, OwnAddresses own, RandomGenerator random) {
    this.settings = settings;
    this.policy = new AddressPolicy(settings.allowNetworks());
    this.own = own;
    this.random = random;
  }

  /// @param refused hears of each address that is left out, and why
  List<Way> of(
      List<InetAddress> addresses, SourceChoice sources, BiConsumer<InetAddress, String> refused) {
    return of(addresses, sources, settings.port(), policy::permits, refused);
  }

  /// Those of a host that the operator names: it may be on a private network.
  List<Way> of(
      List<InetAddress> addresses,
      SourceChoice sources,
      int port,
      BiConsumer<InetAddress, String> refused) {
    return of(addresses, sources, port, _ -> true, refused);
  }

  private List<Way> of(
      List<InetAddress> addresses,
      SourceChoice sources,
      int port,
      Predicate<InetAddress> permitted,
      BiConsumer<InetAddress, String> refused) {
    List<Way> four = new ArrayList<>();
    List<Way> six = new ArrayList<>();
    for (InetAddress address : addresses) {
      InetSocketAddress there = new InetSocketAddress(address, port);
      boolean isFour = address instanceof Inet4Address;
      Optional<SourceAddress> source = sources.pick(isFour, random);
      if (!permitted.test(address)) {
        refused.accept(address, "not a public address, and not in delivery.allow-networks");
      } else if (!policy.allows(address) && own.contains(address)) {
        refused.accept(
            address,
            "an address of this machine (mail would loop), not in delivery.allow-networks");
      } else if (!isFour && !hasRoute(there)) {
        refused.accept(address, NO_WAY);
      } else if (sources.misses(isFour)) {
        refused.accept(address, "nothing more may leave today from addresses of its family");
      } else if (source.isEmpty() && !sources.isLeftToTheSystem()) {
        refused.accept(address, NO_WAY);
      } else {
        (isFour ? four : six)
            .add(
                new Way(
                    there,
                    source.map(SourceAddress::address),
                    source.map(SourceAddress::heloName)));
      }
    }
    Collections.shuffle(four, random);
    Collections.shuffle(six, random);
    List<Way> both = new ArrayList<>(four.size() + six.size());
    for (int i = 0; i < Math.max(four.size(), six.size()); i++) {
      if (i < six.size()) {
        both.add(six.get(i));
      }
      if (i < four.size()) {
        both.add(four.get(i));
      }
    }
    return both;
  }

  /// Connecting a datagram socket asks the routing table and sends nothing.
  private static boolean hasRoute(InetSocketAddress address) {
    try (DatagramChannel probe = DatagramChannel.open(StandardProtocolFamily.INET6)) {
      return probe.connect(address).isConnected();
    } catch (IOException | UnsupportedOperationException noRoute) {
      return false;
    }
  }
}

package dev.waybill.relay.delivery;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.routes.RouteTable;
import dev.waybill.relay.shaping.ProviderLimits;
import dev.waybill.relay.shaping.Rate;
import dev.waybill.relay.shaping.Shaping;
import dev.waybill.relay.shaping.SiteLimits;
import dev.waybill.relay.smtp.ClientTimeouts;
import dev.waybill.relay.smtp.IpNetwork;
import dev.waybill.relay.sources.SourceAddress;
import dev.waybill.relay.sources.SourcePools;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.SortedSet;

/// How mail leaves (`delivery.*`). A value; any thread may use it.
///
/// @param heloName our host name in EHLO; an MX of this name is ourselves
/// @param otherNames our other names, of which the same is true
/// @param port where hosts listen, 25 but for tests and the sandbox
/// @param sources local addresses to connect from, one of a stream's pool picked per connection
/// @param allowNetworks private networks that mail may be delivered to all the same
/// @param siteConnections connections to one site at most, 1 to 1,000
/// @param messagesPerConnection messages on one connection at most
/// @param idleConnection how long a connection waits for the next message of its site; zero: not at
///   all
/// @param totalConnections connections at most, 1 to 100,000
/// @param memory octets of rendered copies at most; one copy may always go
/// @param timeouts how long a host may take
/// @param trustedCertificates a PEM file of the authorities trusted where TLS is required; empty
///   for those of the Java runtime
/// @param shaping what single providers are asked to take
/// @param routes where mail of some domains goes instead of their MX
public record DeliverySettings(
    String heloName,
    Set<DomainName> otherNames,
    int port,
    SourcePools sources,
    List<IpNetwork> allowNetworks,
    int siteConnections,
    int messagesPerConnection,
    Duration idleConnection,
    int totalConnections,
    long memory,
    ClientTimeouts timeouts,
    Optional<Path> trustedCertificates,
    Shaping shaping,
    RouteTable routes) {
  private static final Duration BACK_OFF = Duration.ofSeconds(30);
  private static final long LEAST_MEMORY = 1L << 20;
  private static final long MOST_MEMORY = 1L << 40;

  public DeliverySettings {
    otherNames = Set.copyOf(otherNames);
    Objects.requireNonNull(sources, "sources");
    allowNetworks = List.copyOf(allowNetworks);
    Objects.requireNonNull(timeouts, "timeouts");
    Objects.requireNonNull(trustedCertificates, "trustedCertificates");
    Objects.requireNonNull(shaping, "shaping");
    Objects.requireNonNull(routes, "routes");
    if (DomainName.parse(heloName).isEmpty()) {
      throw problem("helo", heloName, "a host name such as mail.example.com");
    }
    range("port", port, 1, 65_535);
    range("site-connections", siteConnections, 1, 1_000);
    range("messages-per-connection", messagesPerConnection, 1, 1_000_000);
    range("total-connections", totalConnections, 1, 100_000);
    range("memory", memory, LEAST_MEMORY, MOST_MEMORY);
    SortedSet<String> providers = Providers.load().names();
    for (String named : shaping.named()) {
      if (!providers.contains(named) || named.equals(Providers.OTHER)) {
        providers.remove(Providers.OTHER);
        throw problem(
            "shaping", named, "%s or %s".formatted(Shaping.GENERIC, String.join(", ", providers)));
      }
    }
    if (idleConnection.isNegative() || idleConnection.compareTo(Duration.ofMinutes(5)) > 0) {
      throw problem("idle-connection", idleConnection, "0s to 5m");
    }
  }

  /// The defaults, for a host of this name.
  public static DeliverySettings standard(String heloName) {
    return new DeliverySettings(
        heloName,
        Set.of(),
        25,
        SourcePools.NONE,
        List.of(),
        20,
        100,
        Duration.ofSeconds(5),
        500,
        256L << 20,
        ClientTimeouts.standard(),
        Optional.empty(),
        Shaping.load(),
        RouteTable.EMPTY);
  }

  /// What a provider's sites are asked to take at most.
  ///
  /// @param provider its name, or [Providers#OTHER]
  SiteLimits limits(String provider) {
    SiteLimits usual =
        new SiteLimits(
            siteConnections,
            messagesPerConnection,
            Rate.UNLIMITED,
            Rate.UNLIMITED,
            idleConnection,
            BACK_OFF);
    return shaping.limits(provider, usual);
  }

  /// What all of a provider's sites together are asked to take at most.
  ///
  /// @param provider its name, or [Providers#OTHER]
  ProviderLimits totals(String provider) {
    return shaping.totals(provider);
  }

  /// All names under which this machine takes mail.
  Set<DomainName> ownNames() {
    Set<DomainName> names = new HashSet<>(otherNames);
    names.add(DomainName.of(heloName));
    sources.addresses().stream()
        .map(SourceAddress::heloName)
        .map(DomainName::of)
        .forEach(names::add);
    return names;
  }

  private static void range(String key, long value, long least, long most) {
    if (value < least || value > most) {
      throw problem(key, value, "%d to %d".formatted(least, most));
    }
  }

  private static IllegalArgumentException problem(String key, Object value, String expected) {
    return new IllegalArgumentException(
        "delivery.%s: %s (expected: %s)".formatted(key, value, expected));
  }
}

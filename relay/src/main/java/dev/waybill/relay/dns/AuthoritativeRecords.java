package dev.waybill.relay.dns;

import dev.waybill.relay.message.DomainName;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Objects;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Predicate;
import org.xbill.DNS.Record;

/// What receivers see of a domain's records, by two ways: from the zone's own name servers, which
/// know of a change at once, and from the configured resolvers, which may validate DNSSEC and may
/// remember what was. Any thread may use it; blocking.
///
/// | the zone's servers | the resolvers | what counts |
/// |---|---|---|
/// | any | refuse what is there without DNSSEC validation | [Lookup.Unproven]: bogus |
/// | contradict each other | any | [Lookup.Unproven] |
/// | say one thing | any | that, with a remark where the resolvers have something else |
/// | cannot be asked | any | what the resolvers say |
///
/// Where the zone's servers cannot be reached, as where port 53 is closed, nothing is lost but the
/// first seconds.
public final class AuthoritativeRecords extends TypedRecords {
  private static final int PORT = 53;

  private final Resolver resolver;
  private final ZoneServers zones;

  /// @param resolver the configured resolvers, without a cache
  /// @param permitted whether an address that a stranger's zone names may be asked
  public AuthoritativeRecords(Resolver resolver, Predicate<InetAddress> permitted) {
    this(resolver, permitted, address -> new InetSocketAddress(address, PORT));
  }

  /// @param sockets where the server of an address is asked
  AuthoritativeRecords(
      Resolver resolver,
      Predicate<InetAddress> permitted,
      Function<InetAddress, InetSocketAddress> sockets) {
    this.resolver = Objects.requireNonNull(resolver, "resolver");
    this.zones = new ZoneServers(resolver, permitted, sockets);
  }

  /// Names within the domain are asked for at their zone's servers; names of others, such as an
  /// `include` of a big service, only at the resolvers.
  @Override
  public PublishedRecords look(DomainName domain) {
    return new AuthoritativeLook(resolver, zones, domain);
  }

  /// Without a look the resolvers alone are asked: that is what receivers see.
  @Override
  public PublishedRecords asReceiversSee() {
    return this;
  }

  @Override
  CompletableFuture<Lookup<Record>> ask(DomainName name, int type) {
    return resolver.ask(name, type);
  }
}

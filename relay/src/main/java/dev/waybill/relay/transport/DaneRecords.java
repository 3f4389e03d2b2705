package dev.waybill.relay.transport;

import dev.waybill.relay.dns.Lookup;
import dev.waybill.relay.dns.SecureResolver;
import dev.waybill.relay.dns.Tlsa;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.smtp.CertificateAssociation;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Finds the TLSA records of an MX host (RFC 7672 §2.2). Any thread may call it; it blocks.
///
/// To be asked only about hosts of a domain whose MX records are secure.
final class DaneRecords {
  private static final int MAX_ALIASES = 8;
  private static final int MAX_RECORDS = 30;

  /// What the DNS says of a host.
  sealed interface Found {
    /// There are records to judge its certificate by.
    ///
    /// @param names those that its certificate may be for, the one that has the records first
    record Usable(Set<CertificateAssociation> associations, List<DomainName> names)
        implements Found {
      public Usable {
        associations = Set.copyOf(associations);
        names = List.copyOf(names);
      }
    }

    /// There are records, and none that can be used.
    record Unusable() implements Found {}

    /// It has none, or none that is proven.
    record None() implements Found {}

    /// It is not known: whoever wants to be in between could see to that.
    record Unknown(String reason) implements Found {}
  }

  private final SecureResolver resolver;
  private final int port;

  /// @param port where hosts listen
  DaneRecords(SecureResolver resolver, int port) {
    this.resolver = resolver;
    this.port = port;
  }

  Found of(DomainName host) {
    SecureResolver.View addresses = resolver.view();
    switch (addresses.addresses(host)) {
      case Lookup.Found<InetAddress> _ -> {}
      case Lookup.NoRecord<InetAddress> _, Lookup.NoSuchName<InetAddress> _ -> {
        return new Found.None();
      }
      case Lookup.NoAnswer<InetAddress>(String reason) -> {
        return new Found.Unknown(reason);
      }
      case Lookup.Unproven<InetAddress>(String reason) -> {
        return new Found.Unknown(reason);
      }
    }
    SecureResolver.View first = resolver.view();
    DomainName target = target(host, first);
    Optional<String> doubt = addresses.doubt().or(first::doubt);
    if (doubt.isPresent()) {
      return new Found.Unknown(doubt.get());
    }
    if (target.equals(host)) {
      return addresses.isSecure() ? at(host, List.of(host)) : new Found.None();
    }
    // a host by another name: where all of the way is proven, the last name has the say, else the
    // first, provided that it is proven itself (RFC 7672 §2.2.2)
    if (addresses.isSecure()) {
      DomainName last = last(target);
      Found found = at(last, List.of(last, host));
      return found instanceof Found.None ? at(host, List.of(host, last)) : found;
    }
    return first.isSecure() ? at(host, List.of(host)) : new Found.None();
  }

  private DomainName last(DomainName alias) {
    DomainName name = alias;
    for (int hop = 1; hop < MAX_ALIASES; hop++) {
      DomainName target = target(name, resolver.view());
      if (target.equals(name)) {
        break;
      }
      name = target;
    }
    return name;
  }

  private static DomainName target(DomainName name, SecureResolver.View view) {
    return view.alias(name) instanceof Lookup.Found<DomainName>(List<DomainName> aliases)
        ? aliases.getFirst()
        : name;
  }

  private Found at(DomainName base, List<DomainName> names) {
    Optional<DomainName> owner = DomainName.parse("_%d._tcp.%s".formatted(port, base));
    if (owner.isEmpty()) {
      return new Found.None();
    }
    SecureResolver.View view = resolver.view();
    return switch (view.tlsa(owner.get())) {
      case Lookup.Found<Tlsa>(List<Tlsa> records) ->
          view.isSecure() ? usable(records, names) : new Found.None();
      case Lookup.NoRecord<Tlsa> _, Lookup.NoSuchName<Tlsa> _ -> new Found.None();
      case Lookup.NoAnswer<Tlsa>(String reason) -> new Found.Unknown(reason);
      case Lookup.Unproven<Tlsa>(String reason) -> new Found.Unknown(reason);
    };
  }

  private static Found usable(List<Tlsa> records, List<DomainName> names) {
    Set<CertificateAssociation> associations = new LinkedHashSet<>();
    for (Tlsa record : new ArrayList<>(records).subList(0, Math.min(records.size(), MAX_RECORDS))) {
      CertificateAssociation.of(
              record.usage(), record.selector(), record.matching(), record.octets())
          .ifPresent(associations::add);
    }
    return associations.isEmpty() ? new Found.Unusable() : new Found.Usable(associations, names);
  }
}

package dev.waybill.relay.domains;

import dev.waybill.relay.dns.Lookup;
import dev.waybill.relay.dns.Mx;
import dev.waybill.relay.dns.Resolver;
import dev.waybill.relay.message.DomainName;
import java.net.InetAddress;

/// What the DNS says now about a domain's records; blocking, any thread.
public interface PublishedRecords {
  /// The mail hosts of the name, aliases followed.
  Lookup<Mx> mx(DomainName name);

  /// The texts at the name, aliases followed, each record's strings joined.
  Lookup<String> texts(DomainName name);

  /// The name's own alias, not followed.
  Lookup<DomainName> alias(DomainName name);

  /// The addresses of the name, aliases followed.
  Lookup<InetAddress> addresses(DomainName name);

  /// The same questions as receivers ask them, who may still have older answers.
  default PublishedRecords asReceiversSee() {
    return this;
  }

  /// Asks through a resolver; give one that bypasses its cache, so that a correction is seen at
  /// once.
  static PublishedRecords from(Resolver resolver) {
    return new PublishedRecords() {
      @Override
      public Lookup<Mx> mx(DomainName name) {
        return resolver.mx(name);
      }

      @Override
      public Lookup<String> texts(DomainName name) {
        return resolver.texts(name);
      }

      @Override
      public Lookup<DomainName> alias(DomainName name) {
        return resolver.alias(name);
      }

      @Override
      public Lookup<InetAddress> addresses(DomainName name) {
        return resolver.addresses(name);
      }
    };
  }
}

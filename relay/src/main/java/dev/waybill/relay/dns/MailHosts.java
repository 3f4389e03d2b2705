package dev.waybill.relay.dns;

import dev.waybill.relay.message.DomainName;
import java.net.InetAddress;
import java.util.List;

/// Who takes mail for a domain (RFC 5321 §5.1, RFC 7505). A value; any thread may use it.
///
/// [NullMx] and [NoSuchDomain] are the DNS saying no for good; [NoAnswer] says nothing about the
/// domain.
public sealed interface MailHosts {
  /// The domain names its hosts.
  ///
  /// @param records at least one, none of them the null MX, in the order of the answer
  record Hosts(List<Mx> records) implements MailHosts {
    public Hosts {
      records = List.copyOf(records);
      if (records.isEmpty()) {
        throw new IllegalArgumentException("no MX records (expected: at least one)");
      }
    }
  }

  /// No MX, yet an address: the domain itself is the host.
  record ImplicitHost(DomainName host) implements MailHosts {}

  /// The domain says that it takes no mail (RFC 7505 §3).
  record NullMx() implements MailHosts {}

  /// No such domain, or one with neither MX nor address: nobody can take its mail (RFC 5321 §5.1).
  ///
  /// @param reason which of the two, in words
  record NoSuchDomain(String reason) implements MailHosts {}

  /// The DNS did not say.
  record NoAnswer(String reason) implements MailHosts {}

  /// Finds out by asking; blocks as whoever is asked does.
  static MailHosts of(DomainName domain, PublishedRecords records) {
    return switch (records.mx(domain)) {
      case Lookup.Found<Mx>(List<Mx> found) -> named(found);
      case Lookup.NoRecord<Mx> _ -> implied(domain, records.addresses(domain));
      case Lookup.NoSuchName<Mx> _ ->
          new NoSuchDomain("the domain %s does not exist".formatted(domain));
      case Lookup.NoAnswer<Mx>(String reason) -> new NoAnswer(reason);
      case Lookup.Unproven<Mx>(String reason) -> new NoAnswer(reason);
    };
  }

  /// A null MX beside others breaks RFC 7505 §3; the others then show that mail is wanted.
  private static MailHosts named(List<Mx> records) {
    List<Mx> hosts = records.stream().filter(mx -> !mx.exchange().isEmpty()).toList();
    return hosts.isEmpty() ? new NullMx() : new Hosts(hosts);
  }

  private static MailHosts implied(DomainName domain, Lookup<InetAddress> addresses) {
    return switch (addresses) {
      case Lookup.Found<InetAddress> _ -> new ImplicitHost(domain);
      case Lookup.NoRecord<InetAddress> _ ->
          new NoSuchDomain("the domain %s has neither MX nor address records".formatted(domain));
      case Lookup.NoSuchName<InetAddress> _ ->
          new NoAnswer("the DNS contradicts itself about whether %s exists".formatted(domain));
      case Lookup.NoAnswer<InetAddress>(String reason) -> new NoAnswer(reason);
      case Lookup.Unproven<InetAddress>(String reason) -> new NoAnswer(reason);
    };
  }
}

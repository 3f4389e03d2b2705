package dev.waybill.relay.dns;

import dev.waybill.relay.message.DomainName;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// Works out what receivers make of an SPF policy (`check_host`, RFC 7208 §4), following `include`
/// and `redirect` and counting look-ups as they do. Any thread may use it; it blocks as the
/// look-ups do.
///
/// Macros are recognised and not expanded ([SpfResult.Untold]); `ptr` is counted and never matches.
public final class SpfEvaluation {
  /// How many terms may need the DNS (RFC 7208 §4.6.4).
  public static final int MAX_LOOKUPS = 10;

  /// How many of them may find nothing (RFC 7208 §4.6.4).
  public static final int MAX_VOIDS = 2;

  private final PublishedRecords published;

  public SpfEvaluation(PublishedRecords published) {
    this.published = Objects.requireNonNull(published, "published");
  }

  /// What came out, and what it cost a receiver.
  ///
  /// @param lookups terms that needed the DNS
  /// @param voids those of them that found nothing
  /// @param remarks on terms that do something else than meant, at most a few
  public record Outcome(SpfResult result, int lookups, int voids, List<String> remarks) {
    public Outcome {
      remarks = List.copyOf(remarks);
    }
  }

  /// Whether a text is an SPF policy at all (RFC 7208 §4.5).
  public static boolean isPolicy(String text) {
    return SpfRecord.isPolicy(text);
  }

  /// Whether a mechanism such as `mx:example.com` needs the DNS; false for what is no mechanism.
  public static boolean needsLookup(String mechanism) {
    return !mechanism.isEmpty()
        && SpfTerm.directive(mechanism) instanceof SpfTerm.Read.Term(SpfTerm term)
        && term.mechanism().needsLookup();
  }

  /// Whether this client may use a return path in this domain.
  public Outcome of(DomainName domain, InetAddress client) {
    return run(domain, new SpfWalk.Network(SpfNetwork.of(client)));
  }

  /// Whether everything that a mechanism such as `ip4:192.0.2.0/24` or `include:spf.example` stands
  /// for may use a return path in this domain. What is no mechanism is allowed by nothing.
  ///
  /// @param mechanism not empty
  public Outcome of(DomainName domain, String mechanism) {
    if (!(SpfTerm.directive(mechanism) instanceof SpfTerm.Read.Term(SpfTerm wanted))) {
      return run(domain, new SpfWalk.Named(mechanism.toLowerCase(Locale.ROOT), ""));
    }
    SpfNetwork network = wanted.network();
    if (network != null) {
      return run(domain, new SpfWalk.Network(network));
    }
    Outcome named =
        run(domain, new SpfWalk.Named(wanted.bare().toLowerCase(Locale.ROOT), wanted.target()));
    boolean hosts =
        wanted.mechanism() == SpfTerm.Mechanism.A || wanted.mechanism() == SpfTerm.Mechanism.MX;
    return named.result() instanceof SpfResult.NotPass && hosts && !wanted.hasMacro()
        ? everyHost(domain, wanted, named)
        : named;
  }

  /// What the policy costs a client that no term matches: the most it can cost. It goes on where
  /// receivers stop, up to five times as far.
  public Outcome atMost(DomainName domain) {
    return run(domain, new SpfWalk.Nobody());
  }

  /// A host that the policy does not name may still be allowed by its addresses.
  private Outcome everyHost(DomainName domain, SpfTerm wanted, Outcome named) {
    List<InetAddress> clients = new ArrayList<>();
    for (DomainName host : hosts(wanted.nameOr(domain), wanted)) {
      switch (published.addresses(host)) {
        case Lookup.Found<InetAddress>(List<InetAddress> addresses) -> clients.addAll(addresses);
        case Lookup.NoRecord<InetAddress> _, Lookup.NoSuchName<InetAddress> _ -> {}
        case Lookup.NoAnswer<InetAddress>(String reason) -> {
          return unknown(SpfWalk.silence(reason), named);
        }
        case Lookup.Unproven<InetAddress>(String reason) -> {
          return unknown(new SpfResult.TempError(reason), named);
        }
      }
    }
    Outcome last = named;
    for (InetAddress client : clients.stream().limit(MAX_LOOKUPS).toList()) {
      last = run(domain, new SpfWalk.Network(wanted.around(client)));
      if (!(last.result() instanceof SpfResult.Pass)) {
        return last;
      }
    }
    return last;
  }

  private static Outcome unknown(SpfResult silence, Outcome named) {
    return new Outcome(silence, named.lookups(), named.voids(), named.remarks());
  }

  private List<DomainName> hosts(DomainName name, SpfTerm wanted) {
    if (wanted.mechanism() == SpfTerm.Mechanism.A) {
      return List.of(name);
    }
    return published.mx(name) instanceof Lookup.Found<Mx>(List<Mx> hosts)
        ? hosts.stream().flatMap(mx -> DomainName.parse(mx.exchange()).stream()).limit(10).toList()
        : List.of();
  }

  private Outcome run(DomainName domain, SpfWalk.Client client) {
    SpfWalk walk = new SpfWalk(published, client);
    return new Outcome(walk.check(domain), walk.lookups(), walk.voids(), walk.remarks());
  }
}

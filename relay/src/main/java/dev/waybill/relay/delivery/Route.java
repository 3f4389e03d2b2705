package dev.waybill.relay.delivery;

import dev.waybill.relay.dns.MailHosts;
import dev.waybill.relay.dns.Mx;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.queue.MessageFacts;
import dev.waybill.relay.queue.PostOffice;
import dev.waybill.relay.routes.OperatorRoute;
import dev.waybill.relay.routes.Smarthost;
import dev.waybill.relay.transport.DomainPolicy;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/// Where a recipient domain's mail goes. A value; any thread may use it.
sealed interface Route {
  /// To the hosts of a site.
  record To(SiteKey site, MxPlan plan) implements Route {
    /// To the same hosts, as a message is to travel there.
    To carrying(MessageFacts message) {
      if (PostOffice.Kind.TLS_REPORT.is(message)) {
        return exempt();
      }
      return switch (message.tlsWish()) {
        case NONE -> this;
        case WAIVED -> exempt();
        case REQUIRED ->
            // a report is not lost for want of a host that keeps to it (RFC 8689 §5)
            PostOffice.Kind.BOUNCE_REPORT.is(message)
                ? this
                : new To(site.requiringTls(), plan.requiringTls());
      };
    }

    /// To the same hosts, held to nothing: for mail that tells of this very way (RFC 8460 §3), or
    /// whose sender waives it (RFC 8689 §3). A smarthost is held to what its route says, whatever
    /// the mail.
    private To exempt() {
      if (plan.smarthost().isPresent()) {
        return this;
      }
      return new To(
          SiteKey.of(plan.records(), DomainPolicy.EXEMPT),
          new MxPlan(plan.records(), DomainPolicy.EXEMPT));
    }

    /// To the same hosts, from the addresses of a pool.
    To from(String pool) {
      return pool.equals(site.pool()) ? this : new To(site.from(pool), plan);
    }
  }

  /// Nowhere, for good.
  ///
  /// @param reply in the words a host would have used
  record Refused(String reply) implements Route {}

  /// Nowhere, by the operator's word.
  record Discarded(String name) implements Route {}

  /// Nowhere until the operator releases it.
  record Held(String name) implements Route {}

  /// Nowhere for now.
  record Unknown(String reason) implements Route {}

  /// What the operator's word means; empty where it is the DNS's turn.
  static Optional<Route> of(OperatorRoute route) {
    return switch (route.action()) {
      case OperatorRoute.Action.Via(Smarthost smarthost) ->
          Optional.of(new To(SiteKey.of(smarthost), MxPlan.of(smarthost)));
      case OperatorRoute.Action.Discard _ -> Optional.of(new Discarded(route.name()));
      case OperatorRoute.Action.Hold _ -> Optional.of(new Held(route.name()));
      case OperatorRoute.Action.Direct _ -> Optional.empty();
    };
  }

  /// What the DNS's word means for us.
  ///
  /// @param policy what the way has to keep to
  /// @param ourselves our own host names
  static Route of(
      DomainName domain, MailHosts hosts, DomainPolicy policy, Set<DomainName> ourselves) {
    return switch (hosts) {
      case MailHosts.Hosts(List<Mx> records) -> to(domain, records, policy, ourselves);
      case MailHosts.ImplicitHost(DomainName host) ->
          to(domain, List.of(new Mx(0, host.value())), policy, ourselves);
      case MailHosts.NullMx _ ->
          new Refused("556 5.1.10 the domain %s takes no mail (null MX)".formatted(domain));
      case MailHosts.NoSuchDomain(String reason) -> new Refused("550 5.1.2 " + reason);
      case MailHosts.NoAnswer(String reason) -> new Unknown(reason);
    };
  }

  /// A host that finds itself among the MX must not use it nor any less preferred one (RFC 5321
  /// §5.1).
  private static Route to(
      DomainName domain, List<Mx> records, DomainPolicy policy, Set<DomainName> ourselves) {
    Optional<Mx> own =
        records.stream()
            .filter(mx -> DomainName.parse(mx.exchange()).filter(ourselves::contains).isPresent())
            .min(Comparator.comparingInt(Mx::preference));
    List<Mx> others =
        records.stream()
            .filter(mx -> own.isEmpty() || mx.preference() < own.get().preference())
            .toList();
    return others.isEmpty()
        ? new Unknown(
            "mail for %s would loop back to %s"
                .formatted(domain, own.map(Mx::exchange).orElse("us")))
        : new To(SiteKey.of(others, policy), new MxPlan(others, policy));
  }
}

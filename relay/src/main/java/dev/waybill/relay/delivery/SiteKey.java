package dev.waybill.relay.delivery;

import dev.waybill.relay.dns.Mx;
import dev.waybill.relay.routes.Smarthost;
import dev.waybill.relay.sources.SourcePools;
import dev.waybill.relay.transport.DomainPolicy;
import java.util.List;

/// Names a destination site: the set of its MX hosts, so that all domains of one provider are one
/// site. Domains that demand more of the way than others are sites of their own: a connection never
/// carries mail that may not travel on it. So are the pools of addresses that mail leaves from:
/// receivers judge each address by itself, and what one of them hears says nothing about the
/// others' pace.
///
/// @param hosts in alphabetical order, each once
/// @param policy what the way to them has to keep to
/// @param route the operator's route that leads there, whose limits and outages are its own; empty
///   by MX
/// @param pool the addresses that connections leave from
record SiteKey(List<String> hosts, DomainPolicy policy, String route, String pool) {
  /// With nothing to keep to.
  SiteKey(List<String> hosts) {
    this(hosts, DomainPolicy.OPEN, "", SourcePools.DEFAULT);
  }

  SiteKey {
    hosts = hosts.stream().distinct().sorted().toList();
  }

  static SiteKey of(List<Mx> records, DomainPolicy policy) {
    return new SiteKey(
        records.stream().map(Mx::exchange).toList(), policy, "", SourcePools.DEFAULT);
  }

  static SiteKey of(Smarthost smarthost) {
    return new SiteKey(
        List.of(smarthost.host().toString()),
        DomainPolicy.EXEMPT,
        smarthost.route(),
        SourcePools.DEFAULT);
  }

  /// The same hosts for mail that says REQUIRETLS.
  SiteKey requiringTls() {
    return new SiteKey(hosts, policy.requiringTls(), route, pool);
  }

  /// The same hosts, called on from another pool.
  SiteKey from(String another) {
    return new SiteKey(hosts, policy, route, another);
  }
}

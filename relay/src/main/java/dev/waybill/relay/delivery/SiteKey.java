package dev.waybill.relay.delivery;

import dev.waybill.relay.dns.Mx;
import dev.waybill.relay.transport.DomainPolicy;
import java.util.List;

/// Names a destination site: the set of its MX hosts, so that all domains of one provider are one
/// site. Domains that demand more of the way than others are sites of their own: a connection never
/// carries mail that may not travel on it.
///
/// @param hosts in alphabetical order, each once
/// @param policy what the way to them has to keep to
record SiteKey(List<String> hosts, DomainPolicy policy) {
  /// With nothing to keep to.
  SiteKey(List<String> hosts) {
    this(hosts, DomainPolicy.OPEN);
  }

  SiteKey {
    hosts = hosts.stream().distinct().sorted().toList();
  }

  static SiteKey of(List<Mx> records, DomainPolicy policy) {
    return new SiteKey(records.stream().map(Mx::exchange).toList(), policy);
  }
}

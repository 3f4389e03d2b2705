package dev.waybill.relay.delivery;

import dev.waybill.relay.dns.Mx;
import java.util.List;

/// Names a destination site: the set of its MX hosts, so that all domains of one provider are one
/// site.
///
/// @param hosts in alphabetical order, each once
record SiteKey(List<String> hosts) {
  SiteKey {
    hosts = hosts.stream().distinct().sorted().toList();
  }

  static SiteKey of(List<Mx> records) {
    return new SiteKey(records.stream().map(Mx::exchange).toList());
  }
}

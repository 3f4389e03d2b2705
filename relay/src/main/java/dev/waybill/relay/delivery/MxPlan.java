package dev.waybill.relay.delivery;

import dev.waybill.relay.dns.Mx;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.TlsWish;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.routes.Smarthost;
import dev.waybill.relay.smtp.ClientSession;
import dev.waybill.relay.transport.DomainPolicy;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.random.RandomGenerator;

/// The hosts of a site by preference. A value; any thread may use it.
///
/// @param records at least one
/// @param policy what the way to them has to keep to
/// @param smarthost the one host, where a route leads to it; empty by MX
record MxPlan(List<Mx> records, DomainPolicy policy, Optional<Smarthost> smarthost) {
  /// Hosts beyond these are never tried: a domain cannot make us call on a whole network.
  static final int MAX_HOSTS = 10;

  /// With nothing to keep to.
  MxPlan(List<Mx> records) {
    this(records, DomainPolicy.OPEN);
  }

  MxPlan(List<Mx> records, DomainPolicy policy) {
    this(records, policy, Optional.empty());
  }

  MxPlan {
    records = records.stream().sorted(Comparator.comparingInt(Mx::preference)).toList();
  }

  /// What recipients' domains demand and want to hear is about their own hosts.
  static MxPlan of(Smarthost smarthost) {
    return new MxPlan(
        List.of(new Mx(0, smarthost.host().toString())),
        DomainPolicy.EXEMPT,
        Optional.of(smarthost));
  }

  /// Whether mail for a domain may go over a session with one of the hosts.
  boolean permits(ClientSession session, DomainName nextHop) {
    return session.onlyFor().filter(only -> !only.equals(nextHop)).isEmpty()
        && (!policy.requireTls() || isSafe(session, nextHop));
  }

  /// Whether the host is told to keep to REQUIRETLS for a delivery.
  ///
  /// @throws IllegalStateException when it has to be and may not be: a mistake of ours
  boolean passesOn(ClientSession session, ReadyDelivery delivery) {
    boolean safe = isSafe(session, delivery.recipient().domain());
    if (policy.requireTls() && !safe) {
      throw new IllegalStateException(session.host() + " was to keep to REQUIRETLS and does not");
    }
    return safe && delivery.message().facts().tlsWish() == TlsWish.REQUIRED;
  }

  /// Whether a session is as REQUIRETLS wants it (RFC 8689 §2). A host that the operator names
  /// needs no other proof that it is the right one.
  private boolean isSafe(ClientSession session, DomainName nextHop) {
    return session.isVerified()
        && session.offersRequireTls()
        && (smarthost.isPresent() || policy.proves(session.host(), nextHop));
  }

  /// The same hosts for mail that says REQUIRETLS.
  MxPlan requiringTls() {
    return new MxPlan(records, policy.requiringTls(), smarthost);
  }

  /// The hosts to try, the most preferred first, those of one preference in random order (RFC 5321
  /// §5.1).
  List<String> hosts(RandomGenerator random) {
    List<Mx> order = new ArrayList<>(records);
    Collections.shuffle(order, random);
    order.sort(Comparator.comparingInt(Mx::preference));
    return order.stream().map(Mx::exchange).distinct().limit(MAX_HOSTS).toList();
  }
}

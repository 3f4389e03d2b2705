package dev.waybill.relay.transport;

import dev.waybill.relay.message.DomainName;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/// What the way to a recipient's domain has to keep to. A value; domains with the same hosts and
/// the same policy may share connections.
///
/// @param secureHosts whether DNSSEC proves which hosts the domain has
/// @param sts the weight of its MTA-STS policy; null without one
/// @param permitted the domain's hosts that the policy names
/// @param exempt whether it is for mail that tells of this very way: it is held to nothing, and its
///   sessions are not told of (RFC 8460 §3)
/// @param requireTls whether it is for mail that says REQUIRETLS (RFC 8689): only hosts that are
///   proven to be the right ones get it, under TLS, and only where they pass the same on
public record DomainPolicy(
    boolean secureHosts,
    StsPolicy.@Nullable Mode sts,
    Set<String> permitted,
    boolean exempt,
    boolean requireTls) {
  /// Nothing but opportunistic TLS.
  public static final DomainPolicy OPEN = new DomainPolicy(false, null, Set.of(), false, false);

  /// The same, for mail that tells of the way.
  public static final DomainPolicy EXEMPT = new DomainPolicy(false, null, Set.of(), true, false);

  public DomainPolicy {
    permitted = Set.copyOf(permitted);
  }

  /// @param hosts all hosts of the domain
  static DomainPolicy of(boolean secureHosts, Optional<StsPolicy> policy, Iterable<String> hosts) {
    Optional<StsPolicy> counting = policy.filter(found -> found.mode() != StsPolicy.Mode.NONE);
    Set<String> permitted = new TreeSet<>();
    counting.ifPresent(rule ->
        hosts.forEach(host -> {
          if (rule.permits(host)) {
            permitted.add(host);
          }
        }));
    return new DomainPolicy(
        secureHosts, counting.map(StsPolicy::mode).orElse(null), permitted, false, false);
  }

  /// The same for mail that says REQUIRETLS.
  public DomainPolicy requiringTls() {
    return new DomainPolicy(secureHosts, sts, permitted, exempt, true);
  }

  /// Whether it is proven that the host is one of the domain's (RFC 8689 §2): by DNSSEC, by the
  /// MTA-STS policy, or since it has the domain's own name, which its certificate is for then.
  public boolean proves(String host, DomainName nextHop) {
    return secureHosts || permitted.contains(host) || host.equals(nextHop.value());
  }
}

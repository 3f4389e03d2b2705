package dev.waybill.relay.transport;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.smtp.TlsPolicy;
import java.util.Optional;
import java.util.function.Consumer;

/// Tells how sessions went, for TLS reports. Any thread may call it; it asks nobody.
///
/// A session counts for the one policy that had the say: TLSA records, else MTA-STS, else none. A
/// policy that should be there and cannot be had is told with each session that went without it.
final class SessionTeller {
  private static final String UNUSABLE = "none of the TLSA records can be used";

  private final Optional<StsPolicies> policies;
  private final Consumer<TlsSession> listener;

  SessionTeller(Optional<StsPolicies> policies, Consumer<TlsSession> listener) {
    this.policies = policies;
    this.listener = listener;
  }

  /// A session stands.
  ///
  /// @param problem why it is in clear, or what is wrong with its certificate
  void opened(
      TlsSession.Contact contact,
      HostDemand.Open demand,
      DomainPolicy policy,
      Optional<String> problem,
      boolean clear) {
    if (policy.exempt()) {
      return;
    }
    Optional<String> failure =
        switch (demand.level()) {
          case DANE, MTA_STS, REQUIRETLS, ENFORCED -> Optional.empty();
          case ENCRYPTED -> Optional.of(UNUSABLE);
          case NONE, OPPORTUNISTIC -> {
            if (demand.testing()) {
              yield demand.tested().or(() -> problem);
            }
            yield problem.filter(_ -> clear);
          }
        };
    tell(contact, demand, policy, failure);
  }

  /// There is no session, because of TLS.
  void failed(TlsSession.Contact contact, HostDemand demand, DomainPolicy policy, String reason) {
    if (!policy.exempt()) {
      tell(contact, demand, policy, Optional.of(reason));
    }
  }

  private void tell(
      TlsSession.Contact contact,
      HostDemand demand,
      DomainPolicy policy,
      Optional<String> failure) {
    DomainName domain = contact.domain();
    if (demand.level() == TransportLevel.DANE || demand.level() == TransportLevel.ENCRYPTED) {
      DomainName host = DomainName.parse(contact.host()).orElse(domain);
      AppliedPolicy records =
          switch (demand) {
            case HostDemand.Open open -> AppliedPolicy.tlsa(host, open.tls());
            case HostDemand.Barred _ -> AppliedPolicy.tlsa(host, TlsPolicy.ENCRYPTED);
          };
      tell(contact, records, failure, kind -> kindOfDane(demand, kind));
      return;
    }
    if (policy.sts() != null) {
      AppliedPolicy named =
          AppliedPolicy.sts(domain, policies.flatMap(known -> known.remembered(domain)));
      tell(contact, named, failure, FailureKind::of);
      return;
    }
    Optional<StsPolicies.Trouble> trouble = policies.flatMap(known -> known.trouble(domain));
    if (trouble.isPresent()) {
      listener.accept(
          TlsSession.bad(
              contact,
              AppliedPolicy.sts(domain, Optional.empty()),
              trouble.get().kind(),
              trouble.get().reason()));
      return;
    }
    tell(contact, AppliedPolicy.none(domain), failure, FailureKind::of);
  }

  private interface Judge {
    FailureKind of(String reason);
  }

  private void tell(
      TlsSession.Contact contact, AppliedPolicy policy, Optional<String> failure, Judge judge) {
    listener.accept(
        failure
            .map(reason -> TlsSession.bad(contact, policy, judge.of(reason), reason))
            .orElseGet(() -> TlsSession.good(contact.domain(), policy)));
  }

  private static FailureKind kindOfDane(HostDemand demand, String reason) {
    if (demand instanceof HostDemand.Barred) {
      return FailureKind.DNSSEC_INVALID;
    }
    return reason.equals(UNUSABLE) ? FailureKind.TLSA_INVALID : FailureKind.of(reason);
  }
}

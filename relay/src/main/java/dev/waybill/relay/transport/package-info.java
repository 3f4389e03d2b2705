/// How safely mail has to travel: what recipients' domains demand (MTA-STS, DANE) and how well
/// their hosts were secured before.
///
/// *Before it:* a recipient's domain, whose owner is a stranger. *Promise:* a policy that was
/// fetched counts until it runs out, past restarts, silent policy hosts and a silent DNS; what
/// cannot be proven although it should be keeps a host from getting mail, for now and never for
/// good; a domain without a policy loses no time; nothing here calls on an address that mail may
/// not go to. *After it:* delivery picks hosts and opens connections by the [HostDemand].
///
/// Reading order: [TransportSettings], [Transport], [DomainPolicy], [HostDemand], [TransportLevel],
/// [StsPolicy] with `StsRecord`, `PolicyFetch` over [GuardedHttps], `StsPolicies` and its store,
/// `DaneRecords`, `SeenLevels` and its store; then what it tells of sessions: [TlsSession] with
/// [AppliedPolicy] and [FailureKind], by `SessionTeller`.
@NullMarked
package dev.waybill.relay.transport;

import org.jspecify.annotations.NullMarked;

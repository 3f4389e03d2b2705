package dev.waybill.relay.tlsreport;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.transport.AppliedPolicy;
import dev.waybill.relay.transport.TlsSession;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/// Keeps strangers from filling the storage: how many domains are counted in a day, and how many
/// kinds of sessions in a domain's. Confined to one thread at a time.
///
/// Beyond its share a domain's failures are counted by policy and kind only, and beyond some
/// policies not at all.
final class KeyBounds {
  static final int MAX_DOMAINS = 10_000;
  static final int MAX_POLICIES = 10;
  static final int MAX_DETAILS = 50;

  private record Day(LocalDate day, DomainName domain) {}

  private static final class Share {
    private final Set<AppliedPolicy> policies = new HashSet<>();
    private final Set<TlsSession> details = new HashSet<>();
  }

  private final Map<LocalDate, Integer> domains = new HashMap<>();
  private final Map<Day, Share> shares = new HashMap<>();

  /// The session as it may be counted; empty when it may not.
  Optional<CountedSession> fit(CountedSession counted) {
    TlsSession session = counted.session();
    Day day = new Day(counted.day(), session.domain());
    Share share = shares.get(day);
    if (share == null) {
      if (domains.getOrDefault(counted.day(), 0) >= MAX_DOMAINS) {
        return Optional.empty();
      }
      domains.merge(counted.day(), 1, Integer::sum);
      share = new Share();
      shares.put(day, share);
    }
    if (!fits(share.policies, session.policy(), MAX_POLICIES)) {
      return Optional.empty();
    }
    if (session.failure().isEmpty() || fits(share.details, session, MAX_DETAILS)) {
      return Optional.of(counted);
    }
    return Optional.of(
        new CountedSession(
            counted.day(),
            new TlsSession(
                session.domain(),
                session.policy(),
                session.failure().map(TlsSession.Failure::plain)),
            counted.count()));
  }

  private static <T> boolean fits(Set<T> seen, T one, int most) {
    return seen.contains(one) || (seen.size() < most && seen.add(one));
  }

  void forgetBefore(LocalDate day) {
    domains.keySet().removeIf(known -> known.isBefore(day));
    shares.keySet().removeIf(known -> known.day().isBefore(day));
  }
}

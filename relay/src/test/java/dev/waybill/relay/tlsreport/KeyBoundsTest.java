package dev.waybill.relay.tlsreport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.transport.AppliedPolicy;
import dev.waybill.relay.transport.FailureKind;
import dev.waybill.relay.transport.TlsSession;
import java.time.LocalDate;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;

/// How much of what strangers do is kept.
class KeyBoundsTest {
  private static final LocalDate DAY = LocalDate.of(2026, 1, 2);

  private final KeyBounds bounds = new KeyBounds();

  private static CountedSession session(LocalDate day, String domain, String policy, String why) {
    DomainName name = DomainName.of(domain);
    return new CountedSession(
        day,
        new TlsSession(
            name,
            new AppliedPolicy(AppliedPolicy.Type.STS, name, List.of(policy), List.of()),
            why.isEmpty()
                ? Optional.empty()
                : Optional.of(
                    new TlsSession.Failure(
                        FailureKind.VALIDATION_FAILURE, why, "mx.a.example", null, null))),
        1);
  }

  @Test
  void countsFailuresBeyondADomainsShareByKindOnly() {
    for (int i = 0; i < KeyBounds.MAX_DETAILS; i++) {
      CountedSession counted = session(DAY, "a.example", "p", "reason " + i);
      assertThat(bounds.fit(counted)).contains(counted);
    }
    CountedSession known = session(DAY, "a.example", "p", "reason 0");
    assertThat(bounds.fit(known)).contains(known);
    assertThat(bounds.fit(session(DAY, "a.example", "p", "one more")).orElseThrow().session())
        .isEqualTo(
            new TlsSession(
                DomainName.of("a.example"),
                known.session().policy(),
                known.session().failure().map(TlsSession.Failure::plain)));
    CountedSession other = session(DAY, "b.example", "p", "one more");
    assertThat(bounds.fit(other)).as("another domain").contains(other);
  }

  @Test
  void countsSoManyPoliciesOfADomain() {
    for (int i = 0; i < KeyBounds.MAX_POLICIES; i++) {
      assertThat(bounds.fit(session(DAY, "a.example", "p" + i, ""))).isPresent();
    }
    assertThat(bounds.fit(session(DAY, "a.example", "one more", ""))).isEmpty();
    assertThat(bounds.fit(session(DAY, "a.example", "p0", ""))).isPresent();
  }

  @Test
  void countsSoManyDomainsInADay() {
    for (int i = 0; i < KeyBounds.MAX_DOMAINS; i++) {
      assertThat(bounds.fit(session(DAY, "d" + i + ".example", "p", ""))).isPresent();
    }
    assertThat(bounds.fit(session(DAY, "one-more.example", "p", ""))).isEmpty();
    assertThat(bounds.fit(session(DAY.plusDays(1), "one-more.example", "p", ""))).isPresent();
    bounds.forgetBefore(DAY.plusDays(1));
    assertThat(bounds.fit(session(DAY, "one-more.example", "p", ""))).isPresent();
  }
}

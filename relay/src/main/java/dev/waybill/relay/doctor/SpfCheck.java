package dev.waybill.relay.doctor;

import dev.waybill.relay.dns.SpfEvaluation;
import dev.waybill.relay.dns.SpfResult;
import dev.waybill.relay.domains.SendingDomain;
import java.util.List;

/// Whether the return path's SPF policy covers an address that receivers see. Stateless but for its
/// run.
final class SpfCheck {
  private static final String REASON =
      "Receivers ask the return path's SPF policy about the address that connects (RFC 7208); Gmail"
          + " answers a failure with 5.7.27, and all three require SPF of bulk senders.";

  private final Examination run;

  SpfCheck(Examination run) {
    this.run = run;
  }

  Diagnosis of(Source source, SendingDomain domain) {
    String name = domain.returnPathDomain().value();
    String subject = source.text();
    return switch (new SpfEvaluation(run.resolver())
        .of(domain.returnPathDomain(), source.address())
        .result()) {
      case SpfResult.Pass(List<String> path) ->
          Diagnosis.pass(
              Check.SPF,
              subject,
              "%s allows it: %s.".formatted(name, String.join(", ", path)),
              REASON);
      case SpfResult.NotPass(String result, String why) ->
          wrong(source, domain, "%s answers %s: %s.".formatted(name, result, why));
      case SpfResult.None() -> wrong(source, domain, "%s has no SPF policy.".formatted(name));
      case SpfResult.PermError(String problem) ->
          Diagnosis.fail(
              Check.SPF,
              subject,
              "Receivers cannot use the policy of %s: %s.".formatted(name, problem),
              REASON,
              "Correct the policy of " + name + ".");
      case SpfResult.TempError(String why) ->
          Diagnosis.unknown(Check.SPF, subject, why, REASON, "Ask again in a while.");
      case SpfResult.Untold(String term) ->
          Diagnosis.unknown(
              Check.SPF,
              subject,
              "It depends on the macro in %s, which differs from message to message."
                  .formatted(term),
              REASON,
              "Name the address by a term of its own, such as " + mechanism(source) + ".");
    };
  }

  private static Diagnosis wrong(Source source, SendingDomain domain, String found) {
    return Diagnosis.fail(
            Check.SPF,
            source.text(),
            found,
            REASON,
            "Put the address into the one SPF policy of the return path, before its \"all\". The"
                + " relay proposes the same once domains.spf-mechanisms names it:")
        .pasting(
            "%s. IN TXT \"v=spf1 %s ~all\""
                .formatted(domain.returnPathDomain(), mechanism(source)));
  }

  private static String mechanism(Source source) {
    return (source.address().getAddress().length == 4 ? "ip4:" : "ip6:") + source.text();
  }
}

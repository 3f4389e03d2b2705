package dev.waybill.relay.domains;

import dev.waybill.relay.dns.PublishedRecords;
import dev.waybill.relay.dns.SpfEvaluation;
import dev.waybill.relay.dns.SpfEvaluation.Outcome;
import dev.waybill.relay.dns.SpfResult;
import dev.waybill.relay.message.DomainName;
import java.util.ArrayList;
import java.util.List;

/// Judges the SPF policy of a return path as receivers evaluate it (RFC 7208). Blocking; any
/// thread.
final class SpfInspection {
  private final SpfEvaluation evaluation;
  private final List<String> mechanisms;

  /// @param mechanisms where mail comes from
  SpfInspection(PublishedRecords published, List<String> mechanisms) {
    this.evaluation = new SpfEvaluation(published);
    this.mechanisms = List.copyOf(mechanisms);
  }

  /// @param texts everything published at the return path, a policy among it
  Finding judge(DomainName returnPath, List<String> texts) {
    List<String> policies = texts.stream().filter(SpfEvaluation::isPolicy).toList();
    if (policies.size() > 1) {
      return new Finding.Wrong(
          "There are %d SPF records (%s); receivers accept only one, so merge them."
              .formatted(policies.size(), Finding.shown(policies)));
    }
    List<String> missing = new ArrayList<>();
    String why = "";
    Finding unclear = null;
    int lookups = 0;
    for (String mechanism : mechanisms) {
      Outcome outcome = evaluation.of(returnPath, mechanism);
      lookups = Math.max(lookups, outcome.lookups());
      switch (outcome.result()) {
        case SpfResult.Pass _ -> {}
        case SpfResult.NotPass(String name, String reason) -> {
          missing.add(mechanism);
          why = why.isEmpty() ? "%s gives %s".formatted(reason, name) : why;
        }
        case SpfResult.PermError(String problem) -> {
          return new Finding.Wrong(
              "Receivers cannot use the SPF record: %s.%s"
                  .formatted(Finding.shown(problem), cost(evaluation.atMost(returnPath))));
        }
        case SpfResult.TempError(String reason) -> unclear = Finding.unproven(reason);
        case SpfResult.Untold(String term) ->
            unclear =
                unclear != null
                    ? unclear
                    : new Finding.Unanswered(
                        ("Whether the SPF record allows %s depends on \"%s\", whose macro is not"
                                + " computed here; list %s before it.")
                            .formatted(mechanism, Finding.shown(term), mechanism));
        // changed between two look-ups
        case SpfResult.None() -> unclear = new Finding.Unanswered("The SPF record is changing.");
      }
    }
    if (!missing.isEmpty()) {
      return new Finding.Wrong(
          "The SPF record %s does not list %s before its \"all\": %s.%s"
              .formatted(
                  Finding.shown(policies),
                  String.join(" ", missing),
                  Finding.shown(why),
                  remarks(evaluation.atMost(returnPath))));
    }
    return unclear != null ? unclear : right(returnPath, lookups);
  }

  /// Whether the policy lets everything pass that sends.
  boolean allowsAll(DomainName name) {
    return mechanisms.stream()
        .allMatch(mechanism -> evaluation.of(name, mechanism).result() instanceof SpfResult.Pass);
  }

  private Finding right(DomainName returnPath, int lookups) {
    Outcome most = evaluation.atMost(returnPath);
    String taken = lookups == 0 ? "" : " Receivers need %d look-ups for it.".formatted(lookups);
    String more =
        most.lookups() > SpfEvaluation.MAX_LOOKUPS
            ? " For mail from elsewhere it fails: %s".formatted(cost(most).strip())
            : "";
    return new Finding.Right(
        "The SPF record lists every host that sends." + taken + more + remarks(most));
  }

  private static String cost(Outcome most) {
    if (most.lookups() > SpfEvaluation.MAX_LOOKUPS) {
      return " It needs %d look-ups, counted through its includes; receivers stop at %d."
          .formatted(most.lookups(), SpfEvaluation.MAX_LOOKUPS);
    }
    return most.voids() > SpfEvaluation.MAX_VOIDS
        ? " %d of its terms find nothing; receivers stop at %d."
            .formatted(most.voids(), SpfEvaluation.MAX_VOIDS + 1)
        : "";
  }

  private static String remarks(Outcome most) {
    return most.remarks().isEmpty() ? "" : " Beware: " + String.join("; ", most.remarks()) + ".";
  }
}

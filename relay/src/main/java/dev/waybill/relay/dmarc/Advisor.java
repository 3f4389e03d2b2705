package dev.waybill.relay.dmarc;

import dev.waybill.relay.dmarc.Advice.Verdict;
import dev.waybill.relay.dns.DmarcRecord.Policy;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.report.aggregate.PublishedPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;

/// Says whether a domain may ask for more than it does (RFC 9989 §5.1.7). A pure decision.
///
/// Reports are claims of strangers, come from few receivers and a day late, so the evidence must be
/// broad, and fit what this relay itself knows that it delivered. There is no advice to apply a
/// policy to a share of the mail: RFC 9989 took `pct` away, and who follows it applies the policy
/// to all. Its `t=y` asks receivers not to apply the policy yet.
final class Advisor {
  /// Weekly mailings are seen twice.
  static final int LEAST_DAYS = 14;

  /// In front of `reject`, which loses mail for good (RFC 9989 §7.4 asks for a month).
  static final int LEAST_DAYS_OF_REJECT = 28;

  static final int LEAST_REPORTERS = 2;
  static final int LEAST_MESSAGES = 1_000;

  /// Of what was delivered; many receivers write no reports.
  static final int LEAST_PERCENT = 10;

  /// Of this relay's own mail: a broken signature now and then is the work of a hop on the way.
  static final int MOST_FAILED_IN_THOUSAND = 10;

  private static final String AGAINST_REJECT =
      " (but not where people of the domain write to mailing lists, which change messages and so"
          + " break signatures: RFC 9989 §7.4 advises against reject there)";

  /// What there is to go by.
  ///
  /// @param ownKnown whether this relay's addresses are known
  /// @param counts of the reports
  /// @param relay this relay's mail
  /// @param others all other mail
  /// @param failingHosts other hosts with mail that fails
  /// @param coverage how much of what was delivered is reported
  record Evidence(
      boolean ownKnown,
      FigureStore.Counts counts,
      Figures relay,
      Figures others,
      long failingHosts,
      Coverage coverage) {}

  /// How much of what this relay delivered lately is reported.
  ///
  /// @param delivered 0 where it is not known
  record Coverage(long reported, long delivered) {
    boolean isThin() {
      return delivered > 0 && 100 * reported < LEAST_PERCENT * delivered;
    }
  }

  private final DomainName domain;
  private final @Nullable PublishedPolicy published;
  private final Evidence evidence;

  /// @param published what receivers found; null where nobody says
  Advisor(DomainName domain, @Nullable PublishedPolicy published, Evidence evidence) {
    this.domain = domain;
    this.published = published;
    this.evidence = evidence;
  }

  Advice advice() {
    List<String> missing = missing();
    PublishedPolicy policy = published;
    if (!missing.isEmpty() || policy == null) {
      return new Advice(
          Verdict.NOT_ENOUGH_EVIDENCE,
          "Not enough evidence for advice: %s.".formatted(String.join("; ", missing)));
    }
    if (1_000 * evidence.relay().failed() > MOST_FAILED_IN_THOUSAND * evidence.relay().messages()) {
      return new Advice(
          Verdict.REPAIR,
          ("%s of %s messages from this relay fail. Leave the policy as it is until they pass:"
                  + " waybillctl domains doctor %s looks for the cause.")
              .formatted(
                  number(evidence.relay().failed()), number(evidence.relay().messages()), domain));
    }
    Policy now = applying(policy);
    return policy.testing() && now != Policy.NONE ? tested(policy, now) : next(policy, now);
  }

  private List<String> missing() {
    List<String> missing = new ArrayList<>();
    if (evidence.counts().reports() == 0) {
      return List.of("there are no reports");
    }
    if (published == null || published.policy() == null) {
      missing.add("reports do not say which policy they found");
    }
    if (!evidence.ownKnown()) {
      missing.add("this relay's own addresses are not known (see domains.spf-mechanisms)");
    }
    int days = daysNeeded();
    if (evidence.counts().days() < days) {
      missing.add("reports of %d days (%d are needed)".formatted(evidence.counts().days(), days));
    }
    if (evidence.counts().reporters() < LEAST_REPORTERS) {
      missing.add("reports of one organization (%d are needed)".formatted(LEAST_REPORTERS));
    }
    if (evidence.ownKnown() && evidence.relay().messages() < LEAST_MESSAGES) {
      missing.add(
          "%s messages of this relay in them (%s are needed)"
              .formatted(number(evidence.relay().messages()), number(LEAST_MESSAGES)));
    }
    if (evidence.ownKnown() && evidence.coverage().isThin()) {
      missing.add(
          "they tell of %s of the %s messages that this relay delivered lately (%d %% are needed)"
              .formatted(
                  number(evidence.coverage().reported()),
                  number(evidence.coverage().delivered()),
                  LEAST_PERCENT));
    }
    return missing;
  }

  private int daysNeeded() {
    PublishedPolicy policy = published;
    return policy != null
            && (applying(policy) == Policy.QUARANTINE
                || (applying(policy) == Policy.REJECT && policy.testing()))
        ? LEAST_DAYS_OF_REJECT
        : LEAST_DAYS;
  }

  /// What receivers apply to the domain: a policy from above counts with its `sp`.
  private Policy applying(PublishedPolicy policy) {
    Policy own = policy.policy() == null ? Policy.NONE : policy.policy();
    Policy below = policy.subdomainPolicy() == null ? own : policy.subdomainPolicy();
    return policy.domain().equals(domain) ? own : below;
  }

  private Advice tested(PublishedPolicy policy, Policy now) {
    return evidence.failingHosts() > 0
        ? review(policy, "take t=y away from " + record(policy))
        : new Advice(
            Verdict.STRENGTHEN,
            "%s, and t=y still asks receivers not to apply %s: take it away from %s."
                .formatted(ownMail(), tag(policy, now), record(policy)));
  }

  private Advice next(PublishedPolicy policy, Policy now) {
    return switch (now) {
      case NONE -> stronger(policy, Policy.QUARANTINE, "");
      case QUARANTINE -> stronger(policy, Policy.REJECT, AGAINST_REJECT);
      case REJECT ->
          new Advice(
              Verdict.KEEP,
              "The policy is as strong as it gets. %s%s.%s"
                  .formatted(ownMail(), othersFailing(), share(policy)));
    };
  }

  private Advice stronger(PublishedPolicy policy, Policy to, String caution) {
    String step = "publish %s at %s".formatted(tag(policy, to), record(policy));
    return evidence.failingHosts() > 0
        ? review(policy, step + caution)
        : new Advice(
            Verdict.STRENGTHEN,
            "%s, and no other host's mail fails: %s%s. With t=y beside it receivers do not apply it yet.%s"
                .formatted(ownMail(), step, caution, share(policy)));
  }

  private Advice review(PublishedPolicy policy, String step) {
    return new Advice(
        Verdict.REVIEW,
        "%s%s. Look at those first: a sender of yours among them needs a DKIM key of %s; if there is none, %s.%s"
            .formatted(ownMail(), othersFailing(), domain, step, share(policy)));
  }

  private String ownMail() {
    Figures relay = evidence.relay();
    return relay.failed() == 0
        ? "All mail of this relay passes"
        : "All but %s of %s messages of this relay pass"
            .formatted(number(relay.failed()), number(relay.messages()));
  }

  private String othersFailing() {
    return evidence.failingHosts() == 0
        ? ""
        : ", and %s messages from %s other addresses fail"
            .formatted(number(evidence.others().failed()), number(evidence.failingHosts()));
  }

  /// Which tag says it: for a subdomain without a policy of its own it is `sp` of the one above.
  private String tag(PublishedPolicy policy, Policy value) {
    return (policy.domain().equals(domain) ? "p=" : "sp=") + value.text();
  }

  private static String record(PublishedPolicy policy) {
    return "_dmarc." + policy.domain();
  }

  private static String share(PublishedPolicy policy) {
    return policy.percent() == 100
        ? ""
        : (" The record says pct=%d: RFC 9989 took that tag away, and receivers that follow it apply"
                + " the policy to all mail.")
            .formatted(policy.percent());
  }

  private static String number(long number) {
    return String.format(Locale.ROOT, "%,d", number);
  }
}

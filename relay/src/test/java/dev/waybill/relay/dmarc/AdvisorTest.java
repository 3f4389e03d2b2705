package dev.waybill.relay.dmarc;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.dmarc.Advice.Verdict;
import dev.waybill.relay.dns.DmarcRecord.Policy;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.report.aggregate.PublishedPolicy;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class AdvisorTest {
  private static final DomainName SHOP = DomainName.of("shop.example");
  private static final DomainName NEWS = DomainName.of("news.shop.example");
  private static final Figures GOOD = all(5_000, 5_000);
  private static final Advisor.Evidence CLEAN = evidence(28, 4, GOOD, Figures.NONE, 0);

  @Test
  void saysWhatIsMissing() {
    assertThat(advice(null, evidence(0, 0, Figures.NONE, Figures.NONE, 0)))
        .isEqualTo(
            new Advice(
                Verdict.NOT_ENOUGH_EVIDENCE,
                "Not enough evidence for advice: there are no reports."));
    assertThat(advice(policy(Policy.NONE), evidence(13, 1, all(999, 999), Figures.NONE, 0)).text())
        .contains(
            "reports of 13 days (14 are needed)",
            "reports of one organization (2 are needed)",
            "999 messages of this relay in them (1,000 are needed)");
    assertThat(advice(null, CLEAN).text()).contains("which policy they found");
    assertThat(advice(policy(null), CLEAN).verdict()).isEqualTo(Verdict.NOT_ENOUGH_EVIDENCE);
  }

  @Test
  void needsToKnowWhatIsOurs() {
    Advisor.Evidence unknown =
        new Advisor.Evidence(
            false, CLEAN.counts(), Figures.NONE, GOOD, 0, new Advisor.Coverage(0, 0));
    assertThat(advice(policy(Policy.NONE), unknown).text())
        .contains("own addresses are not known")
        .doesNotContain("messages of this relay");
  }

  @Test
  void needsReportsOfEnoughOfWhatWasDelivered() {
    assertThat(advice(policy(Policy.NONE), covered(999, 10_000)).text())
        .contains("they tell of 999 of the 10,000 messages that this relay delivered lately");
    assertThat(advice(policy(Policy.NONE), covered(1_000, 10_000)).verdict())
        .isEqualTo(Verdict.STRENGTHEN);
    assertThat(advice(policy(Policy.NONE), covered(0, 0)).verdict()).isEqualTo(Verdict.STRENGTHEN);
  }

  @Test
  void ownMailThatFailsComesFirst() {
    Advisor.Evidence broken = evidence(28, 4, all(5_000, 4_949), all(10, 0), 3);
    assertThat(advice(policy(Policy.NONE), broken))
        .extracting(Advice::verdict, Advice::text)
        .containsExactly(
            Verdict.REPAIR,
            "51 of 5,000 messages from this relay fail. Leave the policy as it is until they pass:"
                + " waybillctl domains doctor shop.example looks for the cause.");
    assertThat(
            advice(policy(Policy.NONE), evidence(28, 4, all(5_000, 4_950), Figures.NONE, 0)).text())
        .startsWith("All but 50 of 5,000 messages of this relay pass, and no other");
  }

  @Test
  void othersThatFailAreTheOwnersToJudge() {
    Advice advice = advice(policy(Policy.NONE), evidence(14, 2, GOOD, all(120, 20), 7));
    assertThat(advice.verdict()).isEqualTo(Verdict.REVIEW);
    assertThat(advice.text())
        .isEqualTo(
            "All mail of this relay passes, and 100 messages from 7 other addresses fail. Look at"
                + " those first: a sender of yours among them needs a DKIM key of shop.example; if"
                + " there is none, publish p=quarantine at _dmarc.shop.example.");
  }

  @Test
  void oneStepAtATimeAndNeverAShare() {
    assertThat(advice(policy(Policy.NONE), CLEAN).text())
        .isEqualTo(
            "All mail of this relay passes, and no other host's mail fails: publish p=quarantine at"
                + " _dmarc.shop.example. With t=y beside it receivers do not apply it yet.");
    assertThat(advice(policy(Policy.QUARANTINE), CLEAN).text())
        .contains("publish p=reject at _dmarc.shop.example", "mailing lists", "RFC 9989 §7.4")
        .doesNotContain("pct");
    assertThat(advice(policy(Policy.REJECT), CLEAN))
        .extracting(Advice::verdict, Advice::text)
        .containsExactly(
            Verdict.KEEP, "The policy is as strong as it gets. All mail of this relay passes.");
  }

  @Test
  void rejectNeedsALongerLook() {
    Advisor.Evidence short27 = evidence(27, 4, GOOD, Figures.NONE, 0);
    assertThat(advice(policy(Policy.NONE), short27).verdict()).isEqualTo(Verdict.STRENGTHEN);
    assertThat(advice(policy(Policy.QUARANTINE), short27).text())
        .contains("reports of 27 days (28 are needed)");
  }

  @Test
  void aTestIsEndedBeforeAnythingElse() {
    PublishedPolicy tested = new PublishedPolicy(SHOP, Policy.QUARANTINE, null, true, 100);
    assertThat(advice(tested, CLEAN).text())
        .isEqualTo(
            "All mail of this relay passes, and t=y still asks receivers not to apply p=quarantine:"
                + " take it away from _dmarc.shop.example.");
    assertThat(advice(tested, evidence(28, 4, GOOD, all(9, 0), 1)).verdict())
        .isEqualTo(Verdict.REVIEW);
  }

  @Test
  void saysThatAShareIsNoLongerOne() {
    PublishedPolicy share = new PublishedPolicy(SHOP, Policy.QUARANTINE, null, false, 25);
    assertThat(advice(share, CLEAN).text())
        .endsWith(
            "The record says pct=25: RFC 9989 took that tag away, and receivers that follow it"
                + " apply the policy to all mail.");
  }

  @Test
  void aPolicyFromAboveCountsWithItsTagForSubdomains() {
    PublishedPolicy above = new PublishedPolicy(SHOP, Policy.REJECT, Policy.NONE, false, 100);
    assertThat(new Advisor(NEWS, above, CLEAN).advice().text())
        .contains("publish sp=quarantine at _dmarc.shop.example");
    PublishedPolicy one = new PublishedPolicy(SHOP, Policy.REJECT, null, false, 100);
    assertThat(new Advisor(NEWS, one, CLEAN).advice().verdict()).isEqualTo(Verdict.KEEP);
  }

  private static Advice advice(@Nullable PublishedPolicy policy, Advisor.Evidence evidence) {
    return new Advisor(SHOP, policy, evidence).advice();
  }

  private static PublishedPolicy policy(@Nullable Policy policy) {
    return new PublishedPolicy(SHOP, policy, null, false, 100);
  }

  private static Figures all(long messages, long passed) {
    return new Figures(messages, passed, passed, passed, 0, 0);
  }

  private static Advisor.Evidence evidence(
      long days, long reporters, Figures relay, Figures others, long failingHosts) {
    return new Advisor.Evidence(
        true,
        new FigureStore.Counts(days * reporters, reporters, days),
        relay,
        others,
        failingHosts,
        new Advisor.Coverage(0, 0));
  }

  private static Advisor.Evidence covered(long reported, long delivered) {
    return new Advisor.Evidence(
        true, CLEAN.counts(), GOOD, Figures.NONE, 0, new Advisor.Coverage(reported, delivered));
  }
}

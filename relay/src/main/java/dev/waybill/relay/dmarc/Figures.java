package dev.waybill.relay.dmarc;

/// How many messages there were, and what receivers made of them. A value.
///
/// @param messages all
/// @param passed DMARC passes
/// @param dkim DKIM passes for the From domain
/// @param spf SPF passes for the From domain
/// @param quarantined put aside because of the policy
/// @param rejected refused because of the policy
public record Figures(
    long messages, long passed, long dkim, long spf, long quarantined, long rejected) {
  public static final Figures NONE = new Figures(0, 0, 0, 0, 0, 0);

  public long failed() {
    return messages - passed;
  }

  public Figures plus(Figures more) {
    return new Figures(
        messages + more.messages,
        passed + more.passed,
        dkim + more.dkim,
        spf + more.spf,
        quarantined + more.quarantined,
        rejected + more.rejected);
  }
}

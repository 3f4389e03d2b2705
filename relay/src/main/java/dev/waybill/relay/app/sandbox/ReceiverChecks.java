package dev.waybill.relay.app.sandbox;

import dev.waybill.relay.app.sandbox.Verdicts.Verdict;
import dev.waybill.relay.feedback.Receiver.Arrival;
import dev.waybill.relay.message.HeaderBlock;
import java.net.InetSocketAddress;

/// Judges a message as its receiver does: SPF (RFC 7208), DKIM (RFC 6376), DMARC (RFC 7489) and
/// one-click unsubscribing (RFC 8058), on the exact bytes that arrived.
///
/// Any thread may call it; it asks the DNS each time and blocks for a few seconds at most.
public final class ReceiverChecks {
  private final SpfCheck spf;
  private final DkimCheck dkim;
  private final DmarcCheck dmarc;

  /// @param dns the server that the receiving side asks
  public ReceiverChecks(InetSocketAddress dns) {
    ReceiverDns lookups = new ReceiverDns(dns);
    this.spf = new SpfCheck(lookups);
    this.dkim = new DkimCheck(lookups);
    this.dmarc = new DmarcCheck(lookups);
  }

  /// Whatever is in the message, there is a verdict.
  public Verdicts examine(Arrival arrival) {
    HeaderBlock header = HeaderBlock.parse(arrival.content());
    Verdict spfVerdict = spf.examine(arrival);
    DkimCheck.Outcome signatures = dkim.examine(header, arrival.content());
    return new Verdicts(
        spfVerdict,
        signatures.verdict(),
        dmarc.examine(header, arrival.sender(), spfVerdict, signatures),
        OneClickCheck.examine(header, signatures));
  }
}

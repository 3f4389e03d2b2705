/// Aggregate reports: how receivers judged the mail that claims to come from a domain (RFC 7489
/// Appendix C, RFC 9990).
///
/// **Before it:** somebody who writes to the address in a domain's DMARC record, as whole bytes of
/// bounded length; nobody vouches for them. **What it promises:** reading never throws, costs
/// bounded memory and time whatever the bytes are, and gives a report, the reason why there is none
/// to read, or the word that the letter carries none. A file is unpacked as a stream and up to a
/// size and a ratio; of an archive one file is read, and no name in it is used. A document type,
/// and so every entity of its own, is refused. Every text is one line without control characters
/// and of bounded length, and still nothing but a claim of whoever sent it. **After it:** the
/// ledger of reports. The room knows nothing of this relay.
///
/// Reading order: [dev.waybill.relay.report.aggregate.AggregateReader],
/// [dev.waybill.relay.report.aggregate.AggregateReport],
/// [dev.waybill.relay.report.aggregate.JudgedMail], [dev.waybill.relay.report.aggregate.AuthCheck];
/// within: `ReportFile` unpacks with `BoundedStream`, `GuardedText` and `FeedbackXml` read XML,
/// `FeedbackBuilder` and `RecordBuilder` understand it.
@NullMarked
package dev.waybill.relay.report.aggregate;

import org.jspecify.annotations.NullMarked;

/// Reports that mail systems send about mail: what became of a message (RFC 3464) and who
/// complained about it (RFC 5965).
///
/// **Before it:** somebody who received a message, as whole bytes of bounded length; nobody vouches
/// for them. **What it promises:** reading never throws, costs bounded memory and time whatever the
/// bytes are, and gives one of three things: a delivery report, a feedback report, or neither.
/// Every text is one line without control characters and of bounded length, and still nothing but a
/// claim of whoever sent it. **After it:** the feedback door, which decides what a claim is worth.
/// The room knows nothing of this relay.
///
/// Reading order: [dev.waybill.relay.report.ReportReader], [dev.waybill.relay.report.Report],
/// [dev.waybill.relay.report.DeliveryReport], [dev.waybill.relay.report.RecipientStatus],
/// [dev.waybill.relay.report.FeedbackReport].
@NullMarked
package dev.waybill.relay.report;

import org.jspecify.annotations.NullMarked;

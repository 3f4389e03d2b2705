/// Reports that mail systems send about mail: what became of a message (RFC 3464, or in words) and
/// who complained about it (RFC 5965, or in a provider's own form).
///
/// **Before it:** somebody who received a message, as whole bytes of bounded length; nobody vouches
/// for them. **What it promises:** reading never throws, costs bounded memory and time whatever the
/// bytes are, and gives one of four things: a delivery report, a bounce in words, a feedback
/// report, or none of them. Every text is one line without control characters and of bounded
/// length, and still nothing but a claim of whoever sent it. What is unclear is soft and unknown,
/// never hard. **After it:** the feedback door, which decides what a claim is worth. The room knows
/// nothing of this relay.
///
/// What codes, words and signs mean stands in the data files `bounces.txt` and `signs.txt`.
///
/// Reading order: [dev.waybill.relay.report.ReportReader], [dev.waybill.relay.report.Report],
/// [dev.waybill.relay.report.DeliveryReport], [dev.waybill.relay.report.RecipientStatus],
/// [dev.waybill.relay.report.WordedReport], [dev.waybill.relay.report.FeedbackReport], then
/// [dev.waybill.relay.report.BounceJudge] with [dev.waybill.relay.report.Bounce] and
/// [dev.waybill.relay.report.ReportExcerpt]. [dev.waybill.relay.report.Attachment] is for rooms
/// that read other reports. Under them `Part`, `Letter`, `StatusFields` read bytes, `BounceRules`
/// and `Signs` the data, `BoundedPattern` keeps both quick.
@NullMarked
package dev.waybill.relay.report;

import org.jspecify.annotations.NullMarked;

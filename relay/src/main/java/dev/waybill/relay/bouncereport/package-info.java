/// Tells applications by mail what came back (RFC 3464), where they submitted with a sender of
/// their own.
///
/// *Before it:* the journal, in which `email.bounced` stands once a settlement or a late report is
/// durable. *Promise:* no settlement waits for it or fails because of it: it reads the journal
/// behind the mail's back, from a place that outlasts restarts. Only senders at domains that are
/// verified here get any, at most one for a recipient of a message, and none where NOTIFY asks for
/// none; a report has the null sender and is never reported itself. *After it:* a letter in our own
/// queue, signed like any other mail.
///
/// Reading order: [BounceReportSettings], [BounceReports], `Nondelivery`, `NondeliveryLetter` with
/// `Returned`, `HourlyBound`, `TurnStore`.
@NullMarked
package dev.waybill.relay.bouncereport;

import org.jspecify.annotations.NullMarked;

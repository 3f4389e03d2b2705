/// The MX of the return-path subdomains: late news about messages already gone.
///
/// **Before it:** any host on the internet, and the recipients' own mail programs. **What it
/// promises:** only addresses with an authenticated token, and `dmarc@`, `postmaster@` and `abuse@`
/// of return paths and the door itself, are accepted at RCPT, so nobody can report on mail that was
/// not theirs; nothing is passed on and nothing answered by mail; a 250 after the data means that
/// the event, the mail behind it and the suppression are durable, all or none; trouble of our own
/// is 451 and the sender tries again; the same news twice is recorded once; what an aggregate
/// report says is written down and changes nothing else. **After it:** the journal, the suppression
/// list and the ledger of aggregate reports.
///
/// Reading order: [dev.waybill.relay.feedback.FeedbackServer] (the parts together),
/// [dev.waybill.relay.feedback.FeedbackSettings], [dev.waybill.relay.feedback.FeedbackIntake]
/// (which mail is accepted), [dev.waybill.relay.feedback.LateNews] (what it changes),
/// [dev.waybill.relay.feedback.Letterboxes] (what anybody may write),
/// [dev.waybill.relay.feedback.Ledger] (where it is written down). Under them
/// [dev.waybill.relay.feedback.ReceivingDoor] speaks SMTP for any
/// [dev.waybill.relay.feedback.Receiver].
@NullMarked
package dev.waybill.relay.feedback;

import org.jspecify.annotations.NullMarked;

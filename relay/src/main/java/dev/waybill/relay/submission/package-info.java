/// The door for applications: SMTP submission with STARTTLS, implicit TLS and AUTH (RFC 6409, RFC
/// 8314, RFC 4954).
///
/// Before this room there is only the network. It promises that only CR LF ends a line and only CR
/// LF . CR LF a message, that every octet a client sends is bounded in size and time, that nothing
/// in a refused message is ever run as a command, and that a 250 is sent only after whoever accepts
/// the message made it durable. After it, `admission` judges the message and `queue` takes it.
///
/// SubEthaSMTP accepts connections and gives each a session on a virtual thread; the dialogue
/// itself is ours from the first octet, because the library's command loop logs credentials, limits
/// lines to 998 characters and knows no deadlines, and its commands run refused bodies as commands.
///
/// Read [dev.waybill.relay.submission.SubmissionServer],
/// [dev.waybill.relay.submission.Conversation], [dev.waybill.relay.submission.Verbs],
/// [dev.waybill.relay.submission.DataVerb], [dev.waybill.relay.submission.DataReader], then
/// [dev.waybill.relay.submission.SubmissionReplies].
@NullMarked
package dev.waybill.relay.submission;

import org.jspecify.annotations.NullMarked;

package dev.waybill.relay.submission;

import java.io.IOException;

/// STARTTLS (RFC 3207): encrypts the session, which then knows nothing of what was said before, the
/// authentication included.
final class StartTlsVerb implements Verb {
  @Override
  public void execute(Conversation session, String argument) throws IOException {
    if (!argument.isEmpty()) {
      session.reply(SubmissionReplies.NO_ARGUMENT);
    } else if (session.secure()) {
      session.reply(SubmissionReplies.ALREADY_SECURE);
    } else if (session.hasPendingInput()) {
      // whatever follows in clear may come from somebody else (CVE-2011-0411)
      session.end(SubmissionReplies.INJECTED);
    } else {
      session.reply(SubmissionReplies.START_TLS);
      session.startTls();
    }
  }
}

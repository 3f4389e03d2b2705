package dev.waybill.relay.submission;

import dev.waybill.relay.message.EmailAddress;
import java.util.Optional;

/// MAIL (RFC 5321 §4.1.1.2): begins a transaction when new mail is welcome.
final class MailVerb implements Verb {
  @Override
  public void execute(Conversation session, String argument) {
    if (!session.wasGreeted()) {
      session.reply(SubmissionReplies.HELLO_FIRST);
    } else if (!session.maySubmit()) {
      session.reply(SubmissionReplies.AUTH_REQUIRED);
    } else if (session.transaction().isPresent()) {
      session.reply(SubmissionReplies.ONE_AT_A_TIME);
    } else if (session.hasCarriedEnough()) {
      session.end(SubmissionReplies.TOO_MANY_MESSAGES);
    } else {
      session.reply(begin(session, argument));
    }
  }

  private static String begin(Conversation session, String argument) {
    Optional<EnvelopePath> path = EnvelopePath.parse(argument, "FROM:");
    if (path.isEmpty()) {
      return SubmissionReplies.MAIL_SYNTAX;
    }
    return switch (MailParameters.read(path.get().parameters())) {
      case MailParameters.Wrong(String reply) -> reply;
      case MailParameters.Understood(MailParameters parameters) ->
          begin(session, path.get().path(), parameters);
    };
  }

  private static String begin(Conversation session, String sender, MailParameters parameters) {
    Optional<EmailAddress> address = EmailAddress.parse(sender);
    if (!sender.isEmpty()) {
      if (address.isEmpty()) {
        return SubmissionReplies.badSender(sender);
      }
      if (!parameters.smtpUtf8() && sender.chars().anyMatch(c -> c >= 0x80)) {
        return SubmissionReplies.needsSmtpUtf8(sender);
      }
    }
    if (parameters.requireTls() && !session.secure()) {
      return SubmissionReplies.REQUIRETLS_IN_CLEAR;
    }
    long limit = session.settings().limits().messageSize();
    if (parameters.size() > limit) {
      return SubmissionReplies.tooLarge(limit);
    }
    Optional<String> unavailable = SubmissionReplies.unavailable(session.intake().health().get());
    if (unavailable.isPresent()) {
      return unavailable.get();
    }
    session.beginTransaction(new Transaction(address.orElse(null), parameters, session.share()));
    return SubmissionReplies.SENDER_OK;
  }
}

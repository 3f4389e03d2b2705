package dev.waybill.relay.submission;

import dev.waybill.relay.message.EmailAddress;
import java.util.Optional;

/// RCPT (RFC 5321 §4.1.1.3): adds one recipient.
final class RecipientVerb implements Verb {
  @Override
  public void execute(Conversation session, String argument) {
    Optional<Transaction> transaction = session.transaction();
    session.reply(
        transaction.isEmpty()
            ? SubmissionReplies.MAIL_FIRST
            : add(transaction.get(), argument, session.settings().limits().recipients()));
  }

  private static String add(Transaction transaction, String argument, int most) {
    if (transaction.chunks().isPresent()) {
      return SubmissionReplies.NOT_MIXED;
    }
    Optional<EnvelopePath> path = EnvelopePath.parse(argument, "TO:");
    if (path.isEmpty()) {
      return SubmissionReplies.RECIPIENT_SYNTAX;
    }
    if (!path.get().parameters().isEmpty()) {
      return SubmissionReplies.unknownParameter(path.get().parameters().getFirst());
    }
    String written = path.get().path();
    Optional<EmailAddress> recipient = EmailAddress.parse(written);
    if (recipient.isEmpty()) {
      return SubmissionReplies.badRecipient(written);
    }
    if (!transaction.parameters().smtpUtf8() && written.chars().anyMatch(c -> c >= 0x80)) {
      return SubmissionReplies.needsSmtpUtf8(written);
    }
    if (transaction.recipients().size() >= most
        && !transaction.recipients().contains(recipient.get())) {
      return SubmissionReplies.tooManyRecipients(most);
    }
    transaction.recipients().add(recipient.get());
    return SubmissionReplies.RECIPIENT_OK;
  }
}

package dev.waybill.relay.submission;

import dev.waybill.relay.access.KeyAllowance;
import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// RCPT (RFC 5321 §4.1.1.3): adds one recipient, with what its sender wants to hear of it (RFC 3461
/// §4.1, §4.2).
final class RecipientVerb implements Verb {
  /// What came of reading the parameters.
  private sealed interface Reading {}

  private record Understood(DsnParameters dsn) implements Reading {}

  private record Wrong(String reply) implements Reading {}

  @Override
  public void execute(Conversation session, String argument) {
    Optional<Transaction> transaction = session.transaction();
    session.reply(
        transaction.isEmpty()
            ? SubmissionReplies.MAIL_FIRST
            : add(session, transaction.get(), argument));
  }

  private static String add(Conversation session, Transaction transaction, String argument) {
    if (transaction.chunks().isPresent()) {
      return SubmissionReplies.NOT_MIXED;
    }
    Optional<EnvelopePath> path = EnvelopePath.parse(argument, "TO:");
    if (path.isEmpty()) {
      return SubmissionReplies.RECIPIENT_SYNTAX;
    }
    return switch (read(path.get().parameters(), transaction.parameters())) {
      case Wrong(String reply) -> reply;
      case Understood(DsnParameters dsn) -> add(session, transaction, path.get().path(), dsn);
    };
  }

  private static Reading read(List<String> words, MailParameters mail) {
    Set<DsnParameters.Notify> notify = Set.of();
    @Nullable String orcpt = null;
    Optional<String> repeated = EnvelopePath.repeated(words);
    if (repeated.isPresent()) {
      return new Wrong(SubmissionReplies.badParameter(repeated.get(), "each parameter once"));
    }
    for (String word : words) {
      EnvelopePath.Parameter parameter = EnvelopePath.Parameter.of(word);
      String value = parameter.value();
      switch (parameter.name()) {
        case "NOTIFY" -> {
          Optional<Set<DsnParameters.Notify>> wanted = DsnParameters.readNotify(value);
          if (wanted.isEmpty()) {
            return new Wrong(
                SubmissionReplies.badParameter(
                    word, "NOTIFY=NEVER or a list of SUCCESS, FAILURE and DELAY"));
          }
          notify = wanted.get();
        }
        case "ORCPT" -> {
          if (!DsnParameters.isOrcpt(value, mail.smtpUtf8())) {
            return new Wrong(
                SubmissionReplies.badParameter(word, "ORCPT=rfc822;name@example.com in xtext"));
          }
          orcpt = value;
        }
        default -> {
          return new Wrong(SubmissionReplies.unknownParameter(word));
        }
      }
    }
    return new Understood(
        notify.isEmpty() && orcpt == null && mail.ret() == null && mail.envid() == null
            ? DsnParameters.NONE
            : new DsnParameters(mail.ret(), mail.envid(), notify, orcpt));
  }

  private static String add(
      Conversation session, Transaction transaction, String written, DsnParameters dsn) {
    Optional<EmailAddress> recipient = EmailAddress.parse(written);
    if (recipient.isEmpty()) {
      return SubmissionReplies.badRecipient(written);
    }
    if (!transaction.parameters().smtpUtf8() && written.chars().anyMatch(c -> c >= 0x80)) {
      return SubmissionReplies.needsSmtpUtf8(written);
    }
    if (transaction.recipients().containsKey(recipient.get())) {
      return SubmissionReplies.RECIPIENT_OK;
    }
    int most = session.settings().limits().recipients();
    if (transaction.recipients().size() >= most) {
      return SubmissionReplies.tooManyRecipients(most);
    }
    Optional<KeyAllowance.Share> share = transaction.share();
    if (share.isPresent()) {
      Optional<String> denied = SubmissionReplies.denied(share.get().take());
      if (denied.isPresent()) {
        return denied.get();
      }
    }
    transaction.recipients().put(recipient.get(), dsn);
    return SubmissionReplies.RECIPIENT_OK;
  }
}

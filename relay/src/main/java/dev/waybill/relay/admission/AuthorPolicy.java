package dev.waybill.relay.admission;

import dev.waybill.relay.access.ApiKey;
import dev.waybill.relay.domains.DomainStatus;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.message.OriginatorField;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

/// Finds the one domain that answers for a message: the one its From field names. Any thread may
/// call it.
///
/// The envelope sender is not asked: it is replaced by a return path of ours, and DMARC judges the
/// From field (RFC 7489 §3.1).
final class AuthorPolicy {
  /// What was found.
  sealed interface Finding {}

  /// Who answers for the message.
  ///
  /// @param address the From mailbox; the first of several
  record Author(EmailAddress address, SendingDomain domain) implements Finding {}

  /// Why nobody does.
  record Refusal(Verdict.Refused verdict) implements Finding {}

  private final Function<DomainName, Optional<SendingDomain>> covering;

  AuthorPolicy(Function<DomainName, Optional<SendingDomain>> covering) {
    this.covering = covering;
  }

  Finding judge(Submission submission, HeaderBlock header) {
    return switch (read(submission, header, "From")) {
      case OriginatorField.OneMailbox(EmailAddress address) -> accountable(submission, address);
      case OriginatorField.SeveralMailboxes(List<EmailAddress> authors) ->
          several(submission, header, authors);
      case OriginatorField.Missing _ -> refused(Refusals.noFrom());
      case OriginatorField.SeveralFields(int count) -> refused(Refusals.severalFroms(count));
      case OriginatorField.Unreadable(String why) -> refused(Refusals.unreadableFrom(why));
    };
  }

  /// Several authors need a Sender (RFC 5322 §3.6.2), and one registered domain for all of them: a
  /// message gets one `d=`.
  private Finding several(Submission submission, HeaderBlock header, List<EmailAddress> authors) {
    if (!(read(submission, header, "Sender") instanceof OriginatorField.OneMailbox sender)) {
      return refused(Refusals.severalAuthors(authors.size()));
    }
    Finding first = accountable(submission, authors.getFirst());
    if (!(first instanceof Author author)) {
      return first;
    }
    for (EmailAddress other : authors) {
      Finding finding = accountable(submission, other);
      if (!(finding instanceof Author(_, SendingDomain domain))) {
        return finding;
      }
      if (!domain.id().equals(author.domain().id())) {
        return refused(Refusals.severalDomains(author.domain().name(), domain.name()));
      }
    }
    Finding sending = accountable(submission, sender.address());
    return sending instanceof Author ? first : sending;
  }

  private Finding accountable(Submission submission, EmailAddress address) {
    DomainName name = address.domain();
    Optional<SendingDomain> covered = covering.apply(name);
    if (covered.isPresent() && covered.get().status() == DomainStatus.DISABLED) {
      return refused(Refusals.disabled(name, covered.get().name()));
    }
    if (covered.isEmpty() || !covered.get().status().mayMail()) {
      return refused(Refusals.notVerified(name, covered.map(SendingDomain::name).orElse(name)));
    }
    SendingDomain domain = covered.get();
    ApiKey key = submission.key();
    if (key != null && !key.sending().covers(domain.id())) {
      return refused(Refusals.notForThisKey(key.name(), name));
    }
    return new Author(address, domain);
  }

  private static OriginatorField.Result read(
      Submission submission, HeaderBlock header, String name) {
    return OriginatorField.read(submission.head(), header, name, submission.form().smtpUtf8());
  }

  private static Finding refused(Verdict.Refused verdict) {
    return new Refusal(verdict);
  }
}

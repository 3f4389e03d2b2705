package dev.waybill.relay.admission;

import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.idempotency.IdempotencyKey;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.queue.Acceptance;
import dev.waybill.relay.queue.MessageFacts;
import dev.waybill.relay.queue.Recipient;
import dev.waybill.relay.streams.Stream;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/// Judges submissions. Any thread may call it; it keeps nothing between calls.
public final class Admission {
  /// How many octets of a message the decision needs to see: one more than a header may have.
  public static final int HEAD = 256 * 1024 + 1;

  private static final int MAX_FIELDS = 1_000;
  private static final int MAX_RECEIVED = 50;
  private static final int MAX_SUBJECT = 2_000;

  /// Finds the recipients that may not get mail.
  @FunctionalInterface
  public interface SuppressedRecipients {
    /// @return the addresses among the given ones that must not get mail of that domain and stream,
    ///   each with the reason's public name such as `bounce`
    Map<EmailAddress, String> find(
        UUID domainId, Stream stream, Collection<EmailAddress> addresses);
  }

  private final DomainName hostname;
  private final AuthorPolicy authors;
  private final SuppressedRecipients suppressed;

  /// @param hostname this relay's own name, for the Received field
  /// @param covering the nearest registered domain at or above a name
  public Admission(
      DomainName hostname,
      Function<DomainName, Optional<SendingDomain>> covering,
      SuppressedRecipients suppressed) {
    this.hostname = hostname;
    this.authors = new AuthorPolicy(covering);
    this.suppressed = suppressed;
  }

  /// Decides about one message.
  ///
  /// @throws RuntimeException when a ledger cannot be read: our fault, not the message's
  public Verdict judge(Submission submission) {
    byte[] head = submission.head();
    HeaderBlock header = HeaderBlock.parse(head, 0, Math.min(head.length, HEAD));
    Optional<Verdict.Refused> broken = structure(head, header);
    if (broken.isPresent()) {
      return broken.get();
    }
    return switch (authors.judge(submission, header)) {
      case AuthorPolicy.Refusal(Verdict.Refused refused) -> refused;
      case AuthorPolicy.Author author -> controls(submission, header, author);
    };
  }

  private static Optional<Verdict.Refused> structure(byte[] head, HeaderBlock header) {
    if (header.bodyStart() >= HEAD) {
      return Optional.of(
          Verdict.Refused.content(
              "The header is too long (expected: at most %d octets)".formatted(HEAD - 1)));
    }
    if (header.malformedAt() >= 0) {
      return Optional.of(
          Verdict.Refused.content(
              "A line of the header is neither a field nor a continuation: \"%s\""
                  .formatted(Excerpt.line(head, header.malformedAt()))));
    }
    if (header.fields().size() > MAX_FIELDS) {
      return Optional.of(
          Verdict.Refused.content(
              "The header has %d fields (expected: at most %d)"
                  .formatted(header.fields().size(), MAX_FIELDS)));
    }
    if (header.all("Received").size() > MAX_RECEIVED) {
      return Optional.of(
          new Verdict.Refused(
              Verdict.Cause.CONTENT,
              554,
              "5.4.6",
              "Mail loop: more than %d Received fields".formatted(MAX_RECEIVED)));
    }
    return Optional.empty();
  }

  private Verdict controls(Submission submission, HeaderBlock header, AuthorPolicy.Author author) {
    return switch (ControlHeaders.read(header, submission.at())) {
      case ControlHeaders.Malformed(String name, String value, String expected) ->
          Verdict.Refused.content(
              "%s: \"%s\" (expected: %s)".formatted(name, Excerpt.of(value), expected));
      case ControlHeaders.Wishes wishes -> admit(submission, header, author, wishes);
    };
  }

  private Verdict admit(
      Submission submission,
      HeaderBlock header,
      AuthorPolicy.Author author,
      ControlHeaders.Wishes wishes) {
    SendingDomain domain = author.domain();
    boolean smtpUtf8 = submission.form().smtpUtf8();
    MessageFacts facts =
        new MessageFacts(
            submission.id(),
            submission.at(),
            wishes.sendAt(),
            domain.id(),
            domain.name(),
            author.address().toString(),
            Excerpt.upTo(MAX_SUBJECT, header.value("Subject").orElse("")),
            wishes.stream(),
            wishes.tag(),
            wishes.metadata(),
            wishes.trackOpens(),
            wishes.trackClicks(),
            submission.client().received(hostname, smtpUtf8, submission.id()),
            submission.body().size(),
            submission.form().eightBit(),
            smtpUtf8);
    Map<EmailAddress, String> reasons =
        suppressed.find(domain.id(), wishes.stream(), submission.recipients());
    List<Recipient> recipients =
        submission.recipients().stream()
            .map(address -> new Recipient(address, reasons.get(address)))
            .toList();
    String key = wishes.idempotencyKey();
    return new Verdict.Admitted(
        new Acceptance(
            facts,
            submission.body(),
            recipients,
            key == null
                ? null
                : IdempotencyKey.of(domain.id(), key, Contents.digest(submission, header))));
  }
}

package dev.waybill.relay.admission;

import dev.waybill.relay.access.ApiKey;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.idempotency.IdempotencyKey;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.message.TlsWish;
import dev.waybill.relay.queue.Acceptance;
import dev.waybill.relay.queue.MessageFacts;
import dev.waybill.relay.queue.Recipient;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.streams.Streams;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Function;

/// Judges submissions. Any thread may call it; it keeps nothing between calls.
public final class Admission {
  /// How much header a message may have.
  ///
  /// @param size octets, the empty line behind it included: 1 KiB to 1 MiB
  /// @param fields 10 to 10,000
  public record HeaderLimits(int size, int fields) {
    public HeaderLimits {
      require("max-header-size", size, 1_024, 1 << 20);
      require("max-header-fields", fields, 10, 10_000);
    }

    /// 256 KiB, 1,000 fields.
    public static HeaderLimits defaults() {
      return new HeaderLimits(256 * 1024, 1_000);
    }

    /// How many octets of a message the decision needs to see: one more than a header may have.
    public int head() {
      return size + 1;
    }

    private static void require(String name, int value, int least, int most) {
      if (value < least || value > most) {
        throw new IllegalArgumentException(
            "%s: %d (expected: %d..%d)".formatted(name, value, least, most));
      }
    }
  }

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
  private final HeaderLimits limits;
  private final Streams streams;
  private final AuthorPolicy authors;
  private final SuppressedRecipients suppressed;

  /// @param hostname this relay's own name, for the Received field
  /// @param streams those that a message may name
  /// @param covering the nearest registered domain at or above a name
  public Admission(
      DomainName hostname,
      HeaderLimits limits,
      Streams streams,
      Function<DomainName, Optional<SendingDomain>> covering,
      SuppressedRecipients suppressed) {
    this.hostname = hostname;
    this.limits = limits;
    this.streams = streams;
    this.authors = new AuthorPolicy(covering);
    this.suppressed = suppressed;
  }

  /// Decides about one message.
  ///
  /// @throws RuntimeException when a ledger cannot be read: our fault, not the message's
  public Verdict judge(Submission submission) {
    byte[] head = submission.head();
    if (head.length < Math.min(limits.head(), submission.body().size())) {
      throw new IllegalArgumentException(
          "%d octets of the message's head (expected: %d)".formatted(head.length, limits.head()));
    }
    HeaderBlock header = HeaderBlock.parse(head, 0, Math.min(head.length, limits.head()));
    Optional<Verdict.Refused> broken = structure(head, header);
    if (broken.isPresent()) {
      return broken.get();
    }
    return switch (authors.judge(submission, header)) {
      case AuthorPolicy.Refusal(Verdict.Refused refused) -> refused;
      case AuthorPolicy.Author author -> controls(submission, header, author);
    };
  }

  private Optional<Verdict.Refused> structure(byte[] head, HeaderBlock header) {
    if (header.bodyStart() > limits.size()) {
      return Optional.of(Refusals.headerTooLong(limits.size()));
    }
    if (header.malformedAt() >= 0) {
      return Optional.of(Refusals.notAField(Excerpt.line(head, header.malformedAt())));
    }
    if (header.fields().size() > limits.fields()) {
      return Optional.of(Refusals.tooManyFields(header.fields().size(), limits.fields()));
    }
    if (header.all("Received").size() > MAX_RECEIVED) {
      return Optional.of(Refusals.loop(MAX_RECEIVED));
    }
    return Optional.empty();
  }

  private Verdict controls(Submission submission, HeaderBlock header, AuthorPolicy.Author author) {
    return switch (ControlHeaders.read(header, submission.at(), streams)) {
      case ControlHeaders.Malformed(String name, String value, String expected) ->
          Refusals.badControl(name, value, expected);
      case ControlHeaders.Wishes wishes -> admit(submission, header, author, wishes);
    };
  }

  /// The message's own word counts most, then its key's, and mail is transactional otherwise.
  private Verdict admit(
      Submission submission,
      HeaderBlock header,
      AuthorPolicy.Author author,
      ControlHeaders.Wishes wishes) {
    Stream wanted = wishes.stream();
    ApiKey key = submission.key();
    String usual = key == null ? null : key.sending().stream();
    if (wanted != null || key == null || usual == null) {
      Stream stream = wanted == null ? Stream.TRANSACTIONAL : wanted;
      return admit(submission, header, author, wishes, stream);
    }
    return streams
        .find(usual)
        .map(stream -> admit(submission, header, author, wishes, stream))
        .orElseGet(() -> Refusals.streamIsGone(key.name(), usual));
  }

  private Verdict admit(
      Submission submission,
      HeaderBlock header,
      AuthorPolicy.Author author,
      ControlHeaders.Wishes wishes,
      Stream stream) {
    SendingDomain domain = author.domain();
    ApiKey credential = submission.key();
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
            stream,
            wishes.tag(),
            wishes.metadata(),
            wishes.trackOpens(),
            wishes.trackClicks(),
            submission.client().received(hostname, smtpUtf8, submission.id()),
            submission.body().size(),
            submission.form().eightBit(),
            smtpUtf8,
            submission.envelopeFrom(),
            tlsWish(submission, header, domain));
    Map<EmailAddress, String> reasons =
        suppressed.find(domain.id(), stream, submission.recipients());
    List<Recipient> recipients =
        submission.recipients().stream()
            .map(address ->
                new Recipient(
                    address,
                    reasons.get(address),
                    submission.notifications().getOrDefault(address, DsnParameters.NONE)))
            .toList();
    String key = wishes.idempotencyKey();
    return new Verdict.Admitted(
        new Acceptance(
            facts,
            submission.body(),
            recipients,
            key == null
                ? null
                : IdempotencyKey.of(domain.id(), key, Contents.digest(submission, header)),
            credential != null && credential.sending().perDay() > 0 ? credential.id() : null));
  }

  /// The field asks for less than a domain whose mail only goes under TLS allows: its owner's word
  /// counts.
  private static TlsWish tlsWish(Submission submission, HeaderBlock header, SendingDomain domain) {
    TlsWish wish =
        TlsWish.of(
            submission.form().requireTls(),
            header.all(TlsWish.FIELD).stream().map(header::value).toList());
    return wish == TlsWish.WAIVED && domain.requireTls() ? TlsWish.NONE : wish;
  }
}

package dev.waybill.relay.rendering;

import dev.waybill.relay.dkim.SigningKey;
import dev.waybill.relay.domains.Domains;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.events.Journal;
import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.queue.HistoryStore;
import dev.waybill.relay.queue.MessageFacts;
import dev.waybill.relay.queue.Queue;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.queue.StoredMessage;
import java.time.InstantSource;
import java.util.List;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Holds a submitted message beside the copy that a recipient got, made once more, and says whether
/// it is that copy. Any thread may use it.
public final class Comparisons {
  private static final int MAX_EVENTS = 1_000;
  private static final int MAX_RECIPIENTS = 10_000;

  /// What is compared with.
  public enum Basis {
    /// The copy that was sent, octet for octet but for what [Comparison#signature] says.
    SENT("It is the copy that was sent."),
    /// The copy that was sent, as it was before it was converted for its host.
    CONVERTED(
        "The host does not take all that is in it, so the copy that was sent was this one with its"
            + " 8-bit bodies or its header fields encoded, and signed like that."),
    /// A copy as it would be made now, which is not the one that was sent.
    CHANGED(
        "The copy that was sent was another one: the domain's settings or the relay's own have"
            + " changed since. This is the copy as it would be made now."),
    /// A copy as it would be made now, and nobody knows whether the one that was sent was the same.
    UNRECORDED(
        "What was sent was not recorded, so this is the copy as it would be made now, which may"
            + " differ from the one that was sent."),
    /// A copy as it would be made now; none was delivered.
    NOT_SENT("No copy was delivered to this recipient; this is how it would be sent now.");

    private final String sentence;

    Basis(String sentence) {
      this.sentence = sentence;
    }

    /// For people.
    public String sentence() {
      return sentence;
    }
  }

  /// What the copy's signatures are.
  public enum Signature {
    /// Made with the keys and the time of the copy that was sent.
    SAME(""),
    /// Left out where the key is destroyed.
    LEFT_OUT(
        "A key that signed it is destroyed since, so its signature is left out and places in the"
            + " copy are counted without it."),
    /// Made with the keys and the time of now.
    NEW("");

    private final String sentence;

    Signature(String sentence) {
      this.sentence = sentence;
    }

    /// For people; empty where there is nothing to say.
    public String sentence() {
      return sentence;
    }
  }

  /// A message beside a recipient's copy.
  ///
  /// @param others how many more recipients the message has
  public record Comparison(
      DeliveryKey delivery,
      String recipient,
      int others,
      Basis basis,
      Signature signature,
      Explanation explanation) {
    /// Whether the copy is the one that was sent.
    public boolean isExact() {
      return basis == Basis.SENT;
    }

    /// What to know about it, for people.
    public String note() {
      return (basis.sentence() + " " + signature.sentence()).strip();
    }
  }

  /// What came of it.
  public sealed interface Outcome {
    record Compared(Comparison comparison) implements Outcome {}

    /// There is no message of that id in the history.
    record NoSuchMessage() implements Outcome {}

    /// The message did not go to that recipient.
    record NoSuchRecipient() implements Outcome {}

    /// The submitted bytes are not kept any more.
    record BytesGone() implements Outcome {}
  }

  private final Renderer renderer;
  private final Queue queue;
  private final Journal journal;
  private final Domains domains;
  private final InstantSource clock;

  public Comparisons(
      Renderer renderer, Queue queue, Journal journal, Domains domains, InstantSource clock) {
    this.renderer = renderer;
    this.queue = queue;
    this.journal = journal;
    this.domains = domains;
    this.clock = clock;
  }

  /// Compares with the copy of one recipient.
  ///
  /// @param recipient null for the first
  /// @throws IllegalStateException when the message's domain is unknown
  public Outcome compare(UUID message, @Nullable EmailAddress recipient) {
    if (queue.history().find(message).isEmpty()) {
      return new Outcome.NoSuchMessage();
    }
    Optional<DeliveryKey> delivery =
        recipient == null
            ? Optional.of(new DeliveryKey(message, 0))
            : delivery(message, recipient.toString());
    return delivery.isPresent() ? compare(delivery.get()) : new Outcome.NoSuchRecipient();
  }

  /// Compares with the copy of one delivery.
  ///
  /// @throws IllegalStateException when the message's domain is unknown
  public Outcome compare(DeliveryKey delivery) {
    Optional<MessageFacts> facts = queue.history().find(delivery.messageId());
    if (facts.isEmpty()) {
      return new Outcome.NoSuchMessage();
    }
    Optional<String> recipient = recipient(delivery);
    Optional<EmailAddress> address = recipient.flatMap(EmailAddress::parse);
    if (recipient.isEmpty() || address.isEmpty()) {
      return new Outcome.NoSuchRecipient();
    }
    Optional<byte[]> submitted = queue.submitted(delivery.messageId());
    if (submitted.isEmpty()) {
      return new Outcome.BytesGone();
    }
    ReadyDelivery ready =
        new ReadyDelivery(
            delivery,
            StoredMessage.inMemory(facts.get(), submitted.get()),
            address.get(),
            DsnParameters.NONE);
    int others = Math.max(0, journal.recipients(delivery.messageId(), MAX_RECIPIENTS).size() - 1);
    return new Outcome.Compared(compared(ready, recipient.get(), others));
  }

  private Comparison compared(ReadyDelivery ready, String recipient, int others) {
    SendingDomain domain =
        domains
            .byId(ready.message().facts().domainId())
            .orElseThrow(() ->
                new IllegalStateException("the domain of " + ready.key() + " is not registered"));
    Optional<Event> delivered =
        journal.of(ready.key(), MAX_EVENTS).stream()
            .filter(event -> event.type() == EventType.EMAIL_DELIVERED)
            .findFirst();
    AttemptOutcome.Copy sent =
        delivered
            .map(event -> AttemptOutcome.Copy.of(event.facts()))
            .orElse(AttemptOutcome.Copy.UNKNOWN);
    if (sent.digest().isEmpty()) {
      List<SigningKey> keys = domains.signingKeys(domain.id());
      List<String> selectors = keys.stream().map(SigningKey::selector).toList();
      return new Comparison(
          ready.key(),
          recipient,
          others,
          delivered.isPresent() ? Basis.UNRECORDED : Basis.NOT_SENT,
          Signature.NEW,
          renderer.explain(ready, domain, selectors, keys, clock.instant()));
    }
    List<SigningKey> keys = domains.signingKeys(domain.id(), sent.selectors());
    Explanation explanation =
        renderer.explain(ready, domain, sent.selectors(), keys, sent.signedAt());
    return new Comparison(
        ready.key(),
        recipient,
        others,
        basis(explanation, sent),
        keys.size() == sent.selectors().size() ? Signature.SAME : Signature.LEFT_OUT,
        explanation);
  }

  private static Basis basis(Explanation explanation, AttemptOutcome.Copy sent) {
    if (!explanation.digest().equals(sent.digest())) {
      return Basis.CHANGED;
    }
    return sent.converted().isEmpty() ? Basis.SENT : Basis.CONVERTED;
  }

  private Optional<DeliveryKey> delivery(UUID message, String recipient) {
    return journal
        .origin(message, recipient)
        .flatMap(event -> Optional.ofNullable(event.delivery()))
        .or(() ->
            queue.history().waiting(message).stream()
                .filter(waiting -> waiting.recipient().equals(recipient))
                .map(waiting -> new DeliveryKey(message, waiting.ordinal()))
                .findFirst());
  }

  /// From the journal, or from the queue when what it told is forgotten.
  private Optional<String> recipient(DeliveryKey delivery) {
    return journal
        .origin(delivery)
        .flatMap(event -> Optional.ofNullable(event.recipient()))
        .or(() ->
            queue.history().waiting(delivery.messageId()).stream()
                .filter(waiting -> waiting.ordinal() == delivery.ordinal())
                .map(HistoryStore.Waiting::recipient)
                .findFirst());
  }
}

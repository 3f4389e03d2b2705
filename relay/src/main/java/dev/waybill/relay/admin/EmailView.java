package dev.waybill.relay.admin;

import dev.waybill.relay.admin.EventsResource.EventView;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.events.Journal;
import dev.waybill.relay.queue.HistoryStore.Waiting;
import dev.waybill.relay.queue.MessageFacts;
import jakarta.mail.internet.MimeUtility;
import java.io.UnsupportedEncodingException;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An accepted message as the API shows it, in Resend's names and more of ours.
///
/// @param to the envelope's recipients, whatever the header says
/// @param lastEvent without `email.`: `delivered`; null when nothing is known any more
/// @param tags the application's metadata as names and values
/// @param size in octets as submitted
/// @param events the last thousand, oldest first
record EmailView(
    String object,
    UUID id,
    List<String> to,
    String from,
    String createdAt,
    String subject,
    @Nullable String lastEvent,
    @Nullable String scheduledAt,
    List<Tag> tags,
    String domain,
    String stream,
    @Nullable String tag,
    Map<String, String> metadata,
    long size,
    List<RecipientView> recipients,
    List<EventView> events) {
  static final int MAX_EVENTS = 1_000;
  private static final String PREFIX = "email.";
  private static final Set<String> SETTLED =
      Set.of("delivered", "bounced", "expired", "suppressed", "cancelled");

  /// One of the application's facts, as Resend shows them.
  record Tag(String name, String value) {}

  /// A message in a list.
  ///
  /// @param to the first fifty
  record Summary(
      UUID id,
      List<String> to,
      String from,
      String createdAt,
      String subject,
      @Nullable String lastEvent,
      @Nullable String scheduledAt,
      String domain,
      String stream,
      @Nullable String tag) {
    static Summary of(MessageFacts facts, List<String> to, @Nullable Event last) {
      return new Summary(
          facts.id(),
          to,
          facts.headerFrom(),
          Times.text(facts.acceptedAt()),
          readable(facts.subject()),
          last == null ? null : word(last.type()),
          Times.textOrNull(facts.sendAt()),
          facts.domain().value(),
          facts.stream().name(),
          facts.tag());
    }
  }

  /// What became of one recipient.
  ///
  /// @param state while its copy waits `scheduled`, `queued`, `sending`, `deferred` or `held`; then
  ///   `delivered`, `bounced`, `expired`, `suppressed` or `cancelled`
  /// @param lastReply what the recipient's host said last
  /// @param nextAttemptAt null unless it waits for one
  record RecipientView(
      String email,
      String state,
      @Nullable String lastEvent,
      @Nullable String lastReply,
      int attempts,
      @Nullable String nextAttemptAt) {}

  /// @param entries everything known of the message, oldest first
  static EmailView of(MessageFacts facts, List<Journal.Entry> entries, List<Waiting> waiting) {
    List<RecipientView> recipients = List.copyOf(recipients(entries, waiting).values());
    return new EmailView(
        "email",
        facts.id(),
        recipients.stream().map(RecipientView::email).toList(),
        facts.headerFrom(),
        Times.text(facts.acceptedAt()),
        readable(facts.subject()),
        entries.isEmpty() ? null : word(entries.getLast().event().type()),
        Times.textOrNull(facts.sendAt()),
        facts.metadata().entrySet().stream()
            .map(entry -> new Tag(entry.getKey(), entry.getValue()))
            .sorted(Comparator.comparing(Tag::name))
            .toList(),
        facts.domain().value(),
        facts.stream().name(),
        facts.tag(),
        new TreeMap<>(facts.metadata()),
        facts.size(),
        recipients,
        entries.subList(Math.max(0, entries.size() - MAX_EVENTS), entries.size()).stream()
            .map(EventView::of)
            .toList());
  }

  /// By their numbers.
  static SortedMap<Integer, RecipientView> recipients(
      List<Journal.Entry> entries, List<Waiting> waiting) {
    SortedMap<Integer, RecipientView> recipients = new TreeMap<>();
    for (Journal.Entry entry : entries) {
      Event event = entry.event();
      DeliveryKey delivery = event.delivery();
      String email = event.recipient();
      if (delivery != null && email != null) {
        recipients.merge(
            delivery.ordinal(),
            told(email, "queued", null, 0, event),
            (known, _) ->
                told(known.email(), known.state(), known.lastReply(), known.attempts(), event));
      }
    }
    for (Waiting each : waiting) {
      recipients.compute(
          each.ordinal(),
          (_, known) ->
              known != null && SETTLED.contains(known.state()) ? known : waiting(each, known));
    }
    return recipients;
  }

  private static RecipientView waiting(Waiting waiting, @Nullable RecipientView known) {
    return new RecipientView(
        waiting.recipient(),
        waiting.state(),
        known == null ? null : known.lastEvent(),
        waiting.lastReply(),
        waiting.attempts(),
        Times.textOrNull(waiting.dueAt()));
  }

  /// Whether nobody refused it and its time ran out.
  static boolean hasExpired(Event event) {
    return "expired".equals(event.facts().get("reason"));
  }

  /// A recipient after one more event.
  private static RecipientView told(
      String email, String state, @Nullable String reply, int attempts, Event event) {
    String next =
        switch (event.type()) {
          case EMAIL_SCHEDULED -> "scheduled";
          case EMAIL_DELIVERED -> "delivered";
          case EMAIL_DELIVERY_DELAYED -> "deferred";
          case EMAIL_BOUNCED -> hasExpired(event) ? "expired" : "bounced";
          case EMAIL_FAILED -> "expired";
          case EMAIL_SUPPRESSED -> "suppressed";
          case EMAIL_CANCELLED -> "cancelled";
          case EMAIL_SENT,
              EMAIL_COMPLAINED,
              EMAIL_OPENED,
              EMAIL_CLICKED,
              EMAIL_UNSUBSCRIBED,
              REPORT_RECEIVED,
              STREAM_WARNED,
              STREAM_HELD,
              STREAM_RELEASED,
              DOMAIN_CREATED,
              DOMAIN_UPDATED,
              DOMAIN_DELETED,
              SUPPRESSION_ADDED,
              SUPPRESSION_REMOVED ->
              state;
        };
    String said = event.facts().get("reply");
    String attempt = event.facts().getOrDefault("attempt", "");
    return new RecipientView(
        email,
        next,
        word(event.type()),
        said == null ? reply : said,
        attempt.matches("[0-9]{1,9}") ? Integer.parseInt(attempt) : attempts,
        null);
  }

  private static String word(EventType type) {
    String text = type.text();
    return text.startsWith(PREFIX) ? text.substring(PREFIX.length()) : text;
  }

  /// A subject as people read it (RFC 2047); as it stands where it cannot be decoded.
  static String readable(String subject) {
    try {
      return MimeUtility.decodeText(subject);
    } catch (UnsupportedEncodingException unknown) {
      return subject;
    }
  }
}

package dev.waybill.relay.admin;

import dev.waybill.relay.admin.TraceView.AttemptView;
import dev.waybill.relay.admin.TraceView.RecipientTrace;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.events.Journal;
import dev.waybill.relay.operations.WaitingDelivery;
import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.report.BounceJudge;
import dev.waybill.relay.transcripts.Transcript;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// One recipient's part of a trace: the attempts, and why its copy is where it is.
///
/// @param events what happened to this delivery, oldest first
/// @param waiting its place in the queue; null when it is settled
record TraceRecipient(
    BounceJudge judge, List<Journal.Entry> events, @Nullable WaitingDelivery waiting) {
  private static final Map<EventType, String> OUTCOMES =
      Map.of(
          EventType.EMAIL_DELIVERED, "delivered",
          EventType.EMAIL_BOUNCED, "rejected",
          EventType.EMAIL_DELIVERY_DELAYED, "deferred");

  /// A named reason, and the same in a sentence.
  private record Why(String reason, String explanation) {}

  RecipientTrace view(EmailView.RecipientView known, List<Transcript> transcripts) {
    Why why = why(known);
    AttemptOutcome.Copy copy =
        last(EventType.EMAIL_DELIVERED)
            .map(event -> AttemptOutcome.Copy.of(event.facts()))
            .orElse(AttemptOutcome.Copy.UNKNOWN);
    return new RecipientTrace(
        known.email(),
        known.state(),
        why.reason(),
        why.explanation(),
        known.nextAttemptAt(),
        known.lastReply(),
        copy.selectors(),
        copy.selectors().isEmpty() ? null : Times.text(copy.signedAt()),
        attempts(transcripts),
        events.stream().map(EventsResource.EventView::of).toList());
  }

  /// Of an attempt without a transcript, its event may still tell.
  private List<AttemptView> attempts(List<Transcript> transcripts) {
    record Dated(Instant at, AttemptView view) {}
    List<Dated> all = new ArrayList<>();
    Set<Integer> numbers = new HashSet<>();
    for (Transcript transcript : transcripts) {
      numbers.add(transcript.number());
      all.add(new Dated(transcript.began(), AttemptView.of(transcript)));
    }
    for (Journal.Entry entry : events) {
      Event event = entry.event();
      String outcome = EmailView.hasExpired(event) ? "deferred" : OUTCOMES.get(event.type());
      String number = event.facts().getOrDefault("attempt", "");
      if (outcome != null && number.matches("[0-9]{1,9}") && numbers.add(Integer.valueOf(number))) {
        all.add(
            new Dated(
                event.at(),
                new AttemptView(
                    Integer.parseInt(number),
                    Times.text(event.at()),
                    null,
                    outcome,
                    event.facts().getOrDefault("reply", ""),
                    false,
                    null)));
      }
    }
    return all.stream().sorted(Comparator.comparing(Dated::at)).map(Dated::view).toList();
  }

  private Why why(EmailView.RecipientView known) {
    String reply = Optional.ofNullable(known.lastReply()).orElse("");
    return switch (known.state()) {
      case "scheduled" -> new Why("scheduled", "The application asked for this time.");
      case "queued" -> new Why("waits_for_turn", "It is due and waits for its turn.");
      case "sending" ->
          new Why(
              "in_hand",
              "A node has it in hand: it waits for its turn at the destination, or is being sent.");
      case "deferred" -> new Why(classOf(reply), "The last attempt ended so: " + reply);
      case "held" -> held();
      case "delivered" -> new Why("delivered", "The host took responsibility for it.");
      case "bounced" ->
          new Why(
              fact(EventType.EMAIL_BOUNCED, "class", classOf(reply)),
              "It was refused for good: " + reply);
      case "expired" ->
          new Why(
              "expired",
              "It was tried for its whole lifetime; the last attempt ended so: " + reply);
      case "suppressed" -> told("suppressed", EventType.EMAIL_SUPPRESSED);
      case "cancelled" -> told("cancelled", EventType.EMAIL_CANCELLED);
      default -> new Why(known.state(), "");
    };
  }

  private Why held() {
    String reason =
        waiting == null ? "" : Optional.ofNullable(waiting.reason()).orElse("no reason was given");
    return waiting != null && waiting.wish() == null
        ? new Why("fault", "A fault of ours stopped it; it goes on at the next start: " + reason)
        : new Why("held_by_operator", "An operator holds it: " + reason);
  }

  private Why told(String state, EventType type) {
    return new Why(state, fact(type, "reason", ""));
  }

  private String classOf(String reply) {
    return judge.judge(reply).cause().text();
  }

  private String fact(EventType type, String name, String otherwise) {
    return last(type).map(event -> event.facts().getOrDefault(name, otherwise)).orElse(otherwise);
  }

  private Optional<Event> last(EventType type) {
    return events.reversed().stream()
        .map(Journal.Entry::event)
        .filter(event -> event.type() == type)
        .findFirst();
  }
}

package dev.waybill.relay.admin;

import dev.waybill.relay.admin.EventsResource.EventView;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.events.Journal;
import dev.waybill.relay.message.TlsWish;
import dev.waybill.relay.queue.MessageFacts;
import dev.waybill.relay.smtp.Dialogue;
import dev.waybill.relay.transcripts.Transcript;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A message's whole life as the API shows it.
///
/// @param admission what was decided when it was accepted, as far as it is kept
/// @param omitted how many recipients are left out; each can be asked for
record TraceView(
    String object,
    UUID id,
    String from,
    String subject,
    String createdAt,
    @Nullable String scheduledAt,
    String domain,
    String stream,
    @Nullable String tag,
    Map<String, String> metadata,
    EnvelopeView envelope,
    List<DecisionView> admission,
    List<RecipientTrace> recipients,
    int omitted) {

  /// @param received how it came in, as its Received field says
  /// @param envelopeFrom the MAIL FROM of the submission; null for the null sender
  /// @param returnPathDomain where its bounces go now; null when the domain is gone
  /// @param tlsRequired `yes` for REQUIRETLS, `no` for `TLS-Required: No`, null for neither
  record EnvelopeView(
      String received,
      @Nullable String envelopeFrom,
      @Nullable String returnPathDomain,
      long size,
      boolean eightBit,
      boolean smtpUtf8,
      @Nullable String tlsRequired,
      int recipients) {}

  /// @param decision what was to be decided, such as `stream`
  record DecisionView(String decision, String outcome) {}

  /// @param reason why its copy is where it is, in one word, such as `throttled`
  /// @param dkimSelectors which keys signed the copy that was delivered
  record RecipientTrace(
      String email,
      String state,
      String reason,
      String explanation,
      @Nullable String nextAttemptAt,
      @Nullable String lastReply,
      List<String> dkimSelectors,
      @Nullable String signedAt,
      List<AttemptView> attempts,
      List<EventView> events) {}

  /// @param at when it began; when it ended, where no transcript is kept
  /// @param durationMs null where no transcript is kept
  /// @param cut whether earlier parts of the transcript are left out for their length
  /// @param transcript null when none is kept
  record AttemptView(
      int number,
      String at,
      @Nullable Long durationMs,
      String outcome,
      String reply,
      boolean cut,
      @Nullable List<PartView> transcript) {
    static AttemptView of(Transcript transcript) {
      return new AttemptView(
          transcript.number(),
          Times.text(transcript.began()),
          transcript.took().toMillis(),
          transcript.ending().outcome(),
          transcript.ending().reply(),
          transcript.cut(),
          transcript.parts().stream().map(PartView::of).toList());
    }
  }

  /// @param offsetMs when it began, from the beginning of the attempt
  record PartView(String part, long offsetMs, List<LineView> lines) {
    static PartView of(Transcript.Part part) {
      return new PartView(
          part.kind().text(), part.offset(), part.lines().stream().map(LineView::of).toList());
    }
  }

  /// @param ms from the beginning of its part
  record LineView(long ms, String speaker, String text) {
    static LineView of(Dialogue.Line line) {
      return new LineView(line.millis(), line.speaker().text(), line.text());
    }
  }

  static TraceView of(
      MessageFacts facts,
      @Nullable String returnPathDomain,
      List<Journal.Entry> entries,
      List<RecipientTrace> recipients) {
    List<Event> accepted =
        entries.stream()
            .map(Journal.Entry::event)
            .filter(event -> event.at().equals(facts.acceptedAt()))
            .toList();
    return new TraceView(
        "email_trace",
        facts.id(),
        facts.headerFrom(),
        EmailView.readable(facts.subject()),
        Times.text(facts.acceptedAt()),
        Times.textOrNull(facts.sendAt()),
        facts.domain().value(),
        facts.stream().name(),
        facts.tag(),
        new TreeMap<>(facts.metadata()),
        new EnvelopeView(
            facts.received(),
            Objects.toString(facts.envelopeFrom(), null),
            returnPathDomain,
            facts.size(),
            facts.eightBit(),
            facts.smtpUtf8(),
            facts.tlsWish() == TlsWish.NONE ? null : facts.tlsWish().text(),
            accepted.size()),
        decisions(facts, accepted),
        recipients,
        0);
  }

  /// The same, with a number of recipients left out.
  TraceView omitting(int recipientsLeftOut) {
    return new TraceView(
        object,
        id,
        from,
        subject,
        createdAt,
        scheduledAt,
        domain,
        stream,
        tag,
        metadata,
        envelope,
        admission,
        recipients,
        recipientsLeftOut);
  }

  /// @param accepted the events of its acceptance
  private static List<DecisionView> decisions(MessageFacts facts, List<Event> accepted) {
    List<DecisionView> decisions = new ArrayList<>();
    decisions.add(
        new DecisionView(
            "domain",
            "From %s is covered by the registered domain %s"
                .formatted(facts.headerFrom(), facts.domain())));
    decisions.add(
        new DecisionView(
            "stream",
            "%s, which is %s mail".formatted(facts.stream().name(), facts.stream().kind().text())));
    decisions.add(new DecisionView("opens", wish(facts.trackOpens())));
    decisions.add(new DecisionView("clicks", wish(facts.trackClicks())));
    if (facts.sendAt() != null) {
      decisions.add(
          new DecisionView(
              "time", "not before " + Times.text(facts.sendAt()) + ", as it asks for"));
    }
    long suppressed =
        accepted.stream().filter(event -> event.type() == EventType.EMAIL_SUPPRESSED).count();
    if (suppressed > 0) {
      decisions.add(
          new DecisionView(
              "suppression", "%d of %d recipients".formatted(suppressed, accepted.size())));
    }
    return decisions;
  }

  private static String wish(@Nullable Boolean wish) {
    return wish == null
        ? "as the domain is set"
        : wish ? "counted, as the message asks for" : "not counted, as the message asks for";
  }
}

package dev.waybill.relay.feedback;

import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.events.RawReport;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.report.Bounce;
import dev.waybill.relay.report.BounceJudge;
import dev.waybill.relay.report.DeliveryReport;
import dev.waybill.relay.report.FeedbackReport;
import dev.waybill.relay.report.Permanence;
import dev.waybill.relay.report.WordedReport;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.suppression.Suppression;
import dev.waybill.relay.suppression.Suppression.Origin;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns news about a delivery into its event, the mail behind it and its suppression, all in one
/// transaction that is durable before it returns.
///
/// Any thread may call it. The token in the address was authenticated, but every recipient holds
/// the token of its own copy and may write a report with it: such a report can harm nobody else,
/// for the recipient is the token's and never one that a report names; and the same kind of news
/// about one delivery is one event, so that it cannot fill the journal.
final class LateNews {
  private static final Logger log = LoggerFactory.getLogger(LateNews.class);

  /// What is known about a delivery.
  private record Origins(
      EmailAddress recipient, @Nullable String domainName, Optional<SendingDomain> domain) {}

  private final Ledger ledger;
  private final InstantSource clock;
  private final MeterRegistry meters;
  private final BounceJudge judge;

  LateNews(Ledger ledger, InstantSource clock, MeterRegistry meters, BounceJudge judge) {
    this.ledger = ledger;
    this.clock = clock;
    this.meters = meters;
    this.judge = judge;
    Reporters.LABELS.forEach(this::complaints);
  }

  /// A delivery report: a failure is a late bounce, everything else is no news.
  ///
  /// A failure may carry a 4.x.x status: the next host gave up on a trouble that might have passed
  /// (RFC 3464 §2.3.4). The mail is lost all the same, so the event is the same; the address is
  /// fine.
  void delivery(DeliveryKey delivery, DeliveryReport report, RawReport raw) {
    Optional<Origins> origins = origins(delivery);
    Optional<Bounce> bounce = origins.flatMap(of -> judge.judge(report, of.recipient()));
    if (bounce.isPresent()) {
      bounced(delivery, bounce.get(), report.reportingHost(), raw);
    } else {
      log.debug("A report about {} names no failure", delivery);
    }
  }

  /// A bounce in words.
  void words(DeliveryKey delivery, WordedReport report, RawReport raw) {
    origins(delivery)
        .ifPresent(of ->
            bounced(delivery, judge.judge(report, of.recipient()), report.reportingHost(), raw));
  }

  private void bounced(DeliveryKey delivery, Bounce bounce, String reporter, RawReport raw) {
    Map<String, String> facts = facts(raw);
    facts.put("late", "true");
    facts.put("class", bounce.cause().text());
    facts.put("permanence", bounce.permanence().text());
    put(facts, "status", bounce.status());
    put(facts, "diagnostic", bounce.diagnostic());
    put(facts, "final_recipient", bounce.finalRecipient());
    put(facts, "reporter", reporter);
    Origin suppress = bounce.permanence() == Permanence.HARD ? Origin.BOUNCE : null;
    if (note(delivery, EventType.EMAIL_BOUNCED, facts, suppress, null, raw)) {
      Counter.builder("waybill.bounces")
          .description("Deliveries refused for good, at once or by a later report")
          .tag("provider", Reporters.label(reporter))
          .tag("class", bounce.cause().text())
          .register(meters)
          .increment();
    }
  }

  /// A feedback report: a complaint ends all mail of that domain to the recipient.
  void feedback(DeliveryKey delivery, FeedbackReport report, RawReport raw) {
    if (!report.isComplaint()) {
      log.debug("Feedback of type {} about {} is no complaint", report.type(), delivery);
      return;
    }
    Map<String, String> facts = facts(raw);
    put(facts, "feedback_type", report.type());
    put(facts, "user_agent", report.userAgent());
    put(facts, "reporter", report.reportingHost());
    if (note(delivery, EventType.EMAIL_COMPLAINED, facts, Origin.COMPLAINT, null, raw)) {
      complaints(Reporters.label(report.reportingHost())).increment();
    }
  }

  /// A message to the List-Unsubscribe address (RFC 2369 §3.2), whatever is in it.
  void unsubscribed(DeliveryKey delivery) {
    String stream =
        ledger
            .origin()
            .apply(delivery)
            .map(first -> first.facts().get("stream"))
            .orElse(Stream.MARKETING.name());
    note(
        delivery,
        EventType.EMAIL_UNSUBSCRIBED,
        Map.of("method", "mail"),
        Origin.UNSUBSCRIBE,
        stream,
        null);
  }

  /// @param suppress why the recipient gets no more mail, asked for whether the event is news or
  ///   not: the operator may have taken the recipient off the list since; null to suppress nothing
  /// @return whether it was news
  private boolean note(
      DeliveryKey delivery,
      EventType type,
      Map<String, String> facts,
      @Nullable Origin suppress,
      @Nullable String stream,
      @Nullable RawReport raw) {
    Optional<Origins> found = origins(delivery);
    if (found.isEmpty()) {
      log.info("{} of {}: the journal no longer knows the delivery", type.text(), delivery);
      return false;
    }
    Origins origins = found.get();
    Suppression.Wanted wanted =
        suppress == null || origins.domain().isEmpty()
            ? null
            : new Suppression.Wanted(
                origins.recipient(), origins.domain().get().id(), stream, suppress, null);
    Event event =
        new Event(
            type,
            clock.instant(),
            delivery,
            origins.recipient().toString(),
            origins.domainName(),
            facts);
    boolean news = ledger.writing().write(event, raw, wanted);
    if (!news) {
      log.debug("{} of {} was noted before", type.text(), delivery);
    }
    return news;
  }

  private Optional<Origins> origins(DeliveryKey delivery) {
    Optional<Event> first = ledger.origin().apply(delivery);
    String name = first.map(Event::domain).orElse(null);
    Optional<SendingDomain> domain =
        Optional.ofNullable(name).flatMap(DomainName::parse).flatMap(ledger.domain());
    return first
        .map(Event::recipient)
        .flatMap(EmailAddress::parse)
        .map(recipient -> new Origins(recipient, name, domain));
  }

  private Counter complaints(String provider) {
    return Counter.builder("waybill.complaints")
        .description("Recipients' complaints that came as feedback reports")
        .tag("provider", provider)
        .register(meters);
  }

  /// With the word that the mail behind the event is kept.
  private static Map<String, String> facts(RawReport raw) {
    return new HashMap<>(Map.of("report_octets", Long.toString(raw.octets())));
  }

  private static void put(Map<String, String> facts, String name, String value) {
    if (!value.isEmpty()) {
      facts.put(name, value);
    }
  }
}

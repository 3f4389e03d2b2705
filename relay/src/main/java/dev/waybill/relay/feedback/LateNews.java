package dev.waybill.relay.feedback;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.report.DeliveryReport;
import dev.waybill.relay.report.FeedbackReport;
import dev.waybill.relay.report.RecipientStatus;
import dev.waybill.relay.report.RecipientStatus.Action;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.suppression.Suppression.Origin;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletionException;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Turns news about a delivery into its event and its suppression, both durable before it returns.
///
/// Any thread may call it. The token in the address was authenticated, but every recipient holds
/// the token of its own copy and may write a report with it: such a report can harm nobody else,
/// and the same kind of news about one delivery is one event a day and node, so that it cannot fill
/// the journal.
final class LateNews {
  private static final Logger log = LoggerFactory.getLogger(LateNews.class);
  private static final Duration DURABLE_WITHIN = Duration.ofSeconds(30);
  private static final Duration REMEMBERED = Duration.ofDays(1);
  private static final int MAX_REMEMBERED = 100_000;

  private record Seen(DeliveryKey delivery, EventType type) {}

  /// What is known about a delivery.
  private record Origins(
      String recipient, @Nullable String domainName, Optional<SendingDomain> domain) {}

  private final Ledger ledger;
  private final InstantSource clock;
  private final MeterRegistry meters;
  private final Counter lateBounces;
  private final Cache<Seen, Boolean> seen =
      Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).expireAfterWrite(REMEMBERED).build();

  LateNews(Ledger ledger, InstantSource clock, MeterRegistry meters) {
    this.ledger = ledger;
    this.clock = clock;
    this.meters = meters;
    this.lateBounces =
        Counter.builder("waybill.bounces")
            .description("Deliveries refused for good, at once or by a later report")
            .tag("provider", "report")
            .tag("class", "late")
            .register(meters);
    Reporters.LABELS.forEach(this::complaints);
  }

  /// A delivery report: a failure is a late bounce, everything else is no news.
  ///
  /// A failure may carry a 4.x.x status: the next host gave up on a trouble that might have passed
  /// (RFC 3464 §2.3.4). The mail is lost all the same, so the event is the same; the address is
  /// fine.
  void delivery(DeliveryKey delivery, DeliveryReport report)
      throws TimeoutException, InterruptedException {
    List<RecipientStatus> failed =
        report.recipients().stream()
            .filter(r -> r.action() == Action.FAILED && !r.status().startsWith("2"))
            .toList();
    if (failed.isEmpty()) {
      log.debug("A report about {} names no failure", delivery);
      return;
    }
    RecipientStatus first = failed.getFirst();
    Map<String, String> facts = new HashMap<>();
    facts.put("late", "true");
    put(facts, "status", first.status());
    put(facts, "diagnostic", first.diagnostic());
    put(facts, "reporter", report.reportingHost());
    // An alias may reach several mailboxes; one dead mailbox behind it does not make it dead.
    boolean deadAddress =
        failed.size() == report.recipients().size()
            && failed.stream().allMatch(RecipientStatus::saysNoSuchAddress);
    if (note(delivery, EventType.EMAIL_BOUNCED, facts, deadAddress ? Origin.BOUNCE : null, null)) {
      lateBounces.increment();
    }
  }

  /// A feedback report: a complaint ends all mail of that domain to the recipient.
  void feedback(DeliveryKey delivery, FeedbackReport report)
      throws TimeoutException, InterruptedException {
    if (!report.isComplaint()) {
      log.debug("Feedback of type {} about {} is no complaint", report.type(), delivery);
      return;
    }
    Map<String, String> facts = new HashMap<>();
    put(facts, "feedback_type", report.type());
    put(facts, "user_agent", report.userAgent());
    put(facts, "reporter", report.reportingHost());
    if (note(delivery, EventType.EMAIL_COMPLAINED, facts, Origin.COMPLAINT, null)) {
      complaints(Reporters.label(report.reportingHost())).increment();
    }
  }

  /// A message to the List-Unsubscribe address (RFC 2369 §3.2), whatever is in it.
  void unsubscribed(DeliveryKey delivery) throws TimeoutException, InterruptedException {
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
        stream);
  }

  /// @param suppress why the recipient gets no more mail; null to suppress nothing
  /// @return whether it was news
  private boolean note(
      DeliveryKey delivery,
      EventType type,
      Map<String, String> facts,
      @Nullable Origin suppress,
      @Nullable String stream)
      throws TimeoutException, InterruptedException {
    Optional<Origins> found = origins(delivery);
    if (found.isEmpty()) {
      log.info("{} of {}: the journal no longer knows the delivery", type.text(), delivery);
      return false;
    }
    Origins origins = found.get();
    Optional<EmailAddress> address = EmailAddress.parse(origins.recipient());
    // Always, for the operator may have taken the recipient off the list since the last time.
    if (suppress != null && address.isPresent() && origins.domain().isPresent()) {
      var _ = ledger.suppress().add(address.get(), origins.domain().get().id(), stream, suppress);
    }
    Seen news = new Seen(delivery, type);
    if (seen.getIfPresent(news) != null) {
      log.debug("{} of {} was noted before", type.text(), delivery);
      return false;
    }
    durably(
        new Event(
            type, clock.instant(), delivery, origins.recipient(), origins.domainName(), facts));
    seen.put(news, true);
    return true;
  }

  private Optional<Origins> origins(DeliveryKey delivery) {
    Optional<Event> first = ledger.origin().apply(delivery);
    String recipient = first.map(Event::recipient).orElse(null);
    if (recipient == null) {
      return Optional.empty();
    }
    String name = first.map(Event::domain).orElse(null);
    Optional<SendingDomain> domain =
        Optional.ofNullable(name).flatMap(DomainName::parse).flatMap(ledger.domain());
    return Optional.of(new Origins(recipient, name, domain));
  }

  private void durably(Event event) throws TimeoutException, InterruptedException {
    try {
      var _ = ledger.record().apply(event).get(DURABLE_WITHIN.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException fault) {
      throw new CompletionException(fault.getCause());
    }
  }

  private Counter complaints(String provider) {
    return Counter.builder("waybill.complaints")
        .description("Recipients' complaints that came as feedback reports")
        .tag("provider", provider)
        .register(meters);
  }

  private static void put(Map<String, String> facts, String name, String value) {
    if (!value.isEmpty()) {
      facts.put(name, value);
    }
  }
}

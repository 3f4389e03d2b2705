package dev.waybill.relay.admin;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.Journal;
import dev.waybill.relay.http.Json;
import dev.waybill.relay.http.Parameters;
import dev.waybill.relay.http.Problem;
import dev.waybill.relay.http.Refusal;
import dev.waybill.relay.http.Request;
import dev.waybill.relay.http.Response;
import dev.waybill.relay.http.Route;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.operations.Operation;
import dev.waybill.relay.operations.Operations;
import dev.waybill.relay.operations.Selection;
import dev.waybill.relay.queue.HistoryStore;
import dev.waybill.relay.queue.MessageFacts;
import dev.waybill.relay.queue.Queue;
import dev.waybill.relay.rendering.Comparisons;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Objects;
import java.util.UUID;

/// `/emails`: accepted messages, what became of each, and what the relay changed in it.
final class EmailsResource {
  private static final int MAX_TO = 50;

  /// @param cancelled how many recipients get no copy now
  /// @param beingSent how many more get none unless the attempt that is under way succeeds
  record CancelledView(String object, UUID id, long cancelled, long beingSent) {}

  private final Queue queue;
  private final Operations operations;
  private final Journal journal;
  private final Comparisons comparisons;
  private final EmailFinder emails;
  private final InstantSource clock;

  EmailsResource(
      Queue queue,
      Operations operations,
      Journal journal,
      Comparisons comparisons,
      InstantSource clock) {
    this.queue = queue;
    this.operations = operations;
    this.journal = journal;
    this.comparisons = comparisons;
    this.emails = new EmailFinder(queue, journal);
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/emails", this::list),
        Route.get("/emails/{id}", this::show),
        Route.post("/emails/{id}/cancel", this::cancel),
        Route.get("/emails/{id}/submitted", this::submitted),
        Route.get("/emails/{id}/diff", this::diff));
  }

  private Response list(Request request) {
    Parameters parameters = request.parameters();
    Page.Asked asked = Page.Asked.of(parameters);
    boolean back = asked.before() != null;
    HistoryStore.Place place = new HistoryStore.Place(back ? asked.before() : asked.after(), back);
    List<MessageFacts> found = queue.history().list(filter(parameters), place, asked.limit() + 1);
    boolean more = found.size() > asked.limit();
    List<MessageFacts> page =
        !more ? found : back ? found.subList(1, found.size()) : found.subList(0, found.size() - 1);
    return Json.response(200, Page.of(more, page.stream().map(this::summary).toList()));
  }

  private static HistoryStore.Filter filter(Parameters parameters) {
    return new HistoryStore.Filter(
        parameters.text("domain").map(EmailsResource::domain).orElse(null),
        parameters.text("tag").orElse(null),
        parameters.text("to").map(text -> EmailFinder.address("to", text)).orElse(null));
  }

  private EmailView.Summary summary(MessageFacts facts) {
    List<String> to =
        journal.recipients(facts.id(), MAX_TO).stream()
            .map(Event::recipient)
            .filter(Objects::nonNull)
            .map(Objects::requireNonNull)
            .toList();
    Event last =
        journal.read(new Journal.Filter(0, null, facts.id(), true), 1).stream()
            .map(Journal.Entry::event)
            .findFirst()
            .orElse(null);
    return EmailView.Summary.of(facts, to, last);
  }

  private Response show(Request request) {
    MessageFacts facts = emails.known(request);
    // first what waits: what is settled meanwhile is told by its event
    List<HistoryStore.Waiting> waiting = queue.history().waiting(facts.id());
    return Json.response(200, EmailView.of(facts, emails.events(facts.id()), waiting));
  }

  private Response cancel(Request request) {
    MessageFacts facts = emails.known(request);
    Instant start = clock.instant();
    Operation.Cancel operation = new Operation.Cancel("cancelled by request");
    Selection selection = Selection.ofMessage(facts.id());
    long cancelled = 0;
    long beingSent = 0;
    DeliveryKey next = null;
    do {
      Operations.Change change = operations.change(operation, selection, next, start);
      cancelled += change.deliveries();
      beingSent += change.beingSent();
      next = change.next();
    } while (next != null);
    if (cancelled + beingSent == 0) {
      throw new Refusal(
          Problem.conflict(
              "nothing of the message %s waits any more (expected: a recipient who has not got it)"
                  .formatted(facts.id())));
    }
    return Json.response(200, new CancelledView("email", facts.id(), cancelled, beingSent));
  }

  private Response submitted(Request request) {
    MessageFacts facts = emails.known(request);
    byte[] bytes = queue.submitted(facts.id()).orElseThrow(() -> gone(facts.id()));
    return Response.of(200, "message/rfc822", bytes)
        .with("X-Content-Type-Options", "nosniff")
        .with("Content-Security-Policy", "default-src 'none'; sandbox")
        .with("Content-Disposition", "attachment; filename=\"" + facts.id() + ".eml\"");
  }

  private Response diff(Request request) {
    UUID id = EmailFinder.id(request);
    EmailAddress recipient =
        request
            .parameters()
            .text("rcpt")
            .map(text -> EmailFinder.address("rcpt", text))
            .orElse(null);
    return switch (comparisons.compare(id, recipient)) {
      case Comparisons.Outcome.Compared(Comparisons.Comparison comparison) ->
          Json.response(200, DiffView.of(comparison));
      case Comparisons.Outcome.NoSuchMessage _ -> throw EmailFinder.notFound(request);
      case Comparisons.Outcome.NoSuchRecipient _ ->
          throw EmailFinder.noRecipient(
              id, recipient == null ? "that is known" : recipient.toString());
      case Comparisons.Outcome.BytesGone _ -> throw gone(id);
    };
  }

  /// 410: it was there (RFC 9110 §15.5.11).
  private static Refusal gone(UUID id) {
    return new Refusal(
        new Problem(
            410,
            "not_found",
            "the submitted bytes of %s are not kept any more (see retention.raw and retention.raw-size)"
                .formatted(id)));
  }

  private static DomainName domain(String text) {
    return DomainName.parse(text)
        .orElseThrow(() ->
            new Refusal(Problem.invalid("domain", "\"" + text + "\"", "a registered domain")));
  }
}

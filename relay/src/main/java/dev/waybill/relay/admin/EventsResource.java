package dev.waybill.relay.admin;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.events.Journal;
import dev.waybill.relay.events.RawReport;
import dev.waybill.relay.http.Json;
import dev.waybill.relay.http.Parameters;
import dev.waybill.relay.http.Problem;
import dev.waybill.relay.http.Refusal;
import dev.waybill.relay.http.Request;
import dev.waybill.relay.http.Response;
import dev.waybill.relay.http.Route;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/// `/events`: what happened, from the journal.
final class EventsResource {
  private static final int MAX_LIMIT = 1_000;
  private static final int DEFAULT_LIMIT = 100;

  /// @param id the event's place in the journal, to go on from
  /// @param data `email_id`, `to` and `domain` where they apply, then the event's facts
  record EventView(String id, String type, String createdAt, Map<String, Object> data) {
    static EventView of(Journal.Entry entry) {
      Event event = entry.event();
      Map<String, Object> data = new LinkedHashMap<>();
      DeliveryKey delivery = event.delivery();
      if (delivery != null) {
        data.put("email_id", delivery.messageId());
      }
      String recipient = event.recipient();
      if (recipient != null) {
        data.put("to", List.of(recipient));
      }
      String domain = event.domain();
      if (domain != null) {
        data.put("domain", domain);
      }
      new TreeMap<>(event.facts()).forEach(data::putIfAbsent);
      return new EventView(
          Long.toString(entry.seq()), event.type().text(), Times.text(event.at()), data);
    }
  }

  /// What a client asks for.
  record Asked(Journal.Filter filter, int limit) {
    /// @throws Refusal when a parameter is not what was expected
    static Asked of(Parameters parameters) {
      return new Asked(
          new Journal.Filter(
              parameters.number("after", 0, 0, Long.MAX_VALUE),
              parameters.text("type").map(Asked::type).orElse(null),
              parameters.text("email_id").map(text -> Ids.read("email_id", text)).orElse(null),
              parameters.text("order").map(Asked::newestFirst).orElse(false)),
          (int) parameters.number("limit", DEFAULT_LIMIT, 1, MAX_LIMIT));
    }

    private static EventType type(String text) {
      return EventType.parse(text)
          .orElseThrow(() ->
              new Refusal(
                  Problem.invalid(
                      "type", "\"" + text + "\"", "an event's name such as email.delivered")));
    }

    private static boolean newestFirst(String text) {
      return switch (text) {
        case "asc" -> false;
        case "desc" -> true;
        default -> throw new Refusal(Problem.invalid("order", "\"" + text + "\"", "asc or desc"));
      };
    }
  }

  private final Journal journal;

  EventsResource(Journal journal) {
    this.journal = journal;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/events", this::list), Route.get("/events/{seq}/report", this::report));
  }

  private Response list(Request request) {
    Asked asked = Asked.of(request.parameters());
    List<Journal.Entry> entries = journal.read(asked.filter(), asked.limit());
    boolean hasMore =
        entries.size() == asked.limit() && hasMoreBehind(asked.filter(), entries.getLast().seq());
    return Json.response(200, Page.of(hasMore, entries.stream().map(EventView::of).toList()));
  }

  private boolean hasMoreBehind(Journal.Filter filter, long last) {
    UUID messageId = filter.messageId();
    return !journal
        .read(new Journal.Filter(last, filter.type(), messageId, filter.newestFirst()), 1)
        .isEmpty();
  }

  /// The mail behind an event, as it came.
  private Response report(Request request) {
    String text = request.variable("seq");
    if (!text.matches("\\d{1,18}")) {
      throw new Refusal(Problem.invalid("seq", "\"" + text + "\"", "an event's id"));
    }
    RawReport report =
        journal
            .report(Long.parseLong(text))
            .orElseThrow(() ->
                new Refusal(
                    Problem.notFound(
                        "There is no mail behind the event %s, or it is no longer kept."
                            .formatted(text))));
    return Response.of(200, "message/rfc822", report.content())
        .with("X-Waybill-Report-Octets", Long.toString(report.octets()));
  }
}

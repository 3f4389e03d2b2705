package dev.waybill.relay.admin;

import dev.waybill.relay.domains.Domains;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Journal;
import dev.waybill.relay.http.Json;
import dev.waybill.relay.http.Request;
import dev.waybill.relay.http.Response;
import dev.waybill.relay.http.Route;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.operations.Operations;
import dev.waybill.relay.operations.Selection;
import dev.waybill.relay.operations.WaitingDelivery;
import dev.waybill.relay.queue.HistoryStore;
import dev.waybill.relay.queue.MessageFacts;
import dev.waybill.relay.queue.Queue;
import dev.waybill.relay.report.BounceJudge;
import dev.waybill.relay.storage.StorageException;
import dev.waybill.relay.transcripts.Transcript;
import dev.waybill.relay.transcripts.Transcripts;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.SortedMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// `/emails/{id}/trace`: a message's whole life, with what was said in each attempt.
final class TraceResource {
  private static final int MAX_RECIPIENTS = 50;

  /// Of all recipients together.
  private static final int MAX_TRANSCRIPTS = 500;

  private static final int MAX_WAITING = 1_000;

  private final AdminDoor.Ledgers ledgers;
  private final EmailFinder emails;
  private final BounceJudge judge = BounceJudge.load();

  TraceResource(AdminDoor.Ledgers ledgers) {
    this.ledgers = ledgers;
    this.emails = new EmailFinder(ledgers.queue(), ledgers.journal());
  }

  List<Route> routes() {
    return List.of(Route.get("/emails/{id}/trace", this::trace));
  }

  private Response trace(Request request) {
    MessageFacts facts = emails.known(request);
    EmailAddress asked =
        request
            .parameters()
            .text("rcpt")
            .map(text -> EmailFinder.address("rcpt", text))
            .orElse(null);
    Queue queue = ledgers.queue();
    // first what waits: what is settled meanwhile is told by its event
    List<HistoryStore.Waiting> waiting = queue.history().waiting(facts.id());
    Map<Integer, WaitingDelivery> held = waiting.isEmpty() ? Map.of() : inQueue(facts);
    List<Journal.Entry> entries = emails.events(facts.id());
    SortedMap<Integer, EmailView.RecipientView> all = EmailView.recipients(entries, waiting);
    List<Map.Entry<Integer, EmailView.RecipientView>> shown =
        all.entrySet().stream()
            .filter(each -> asked == null || each.getValue().email().equals(asked.toString()))
            .toList();
    if (asked != null && shown.isEmpty()) {
      throw EmailFinder.noRecipient(facts.id(), asked.toString());
    }
    Map<Integer, List<Transcript>> transcripts =
        transcripts(facts, asked == null ? Set.of() : ordinals(shown));
    List<TraceView.RecipientTrace> recipients =
        shown.stream()
            .limit(MAX_RECIPIENTS)
            .map(each ->
                new TraceRecipient(judge, of(entries, each.getKey()), held.get(each.getKey()))
                    .view(each.getValue(), transcripts.getOrDefault(each.getKey(), List.of())))
            .toList();
    return Json.response(
        200,
        TraceView.of(facts, returnPathDomain(ledgers.domains(), facts), entries, recipients)
            .omitting(shown.size() - recipients.size()));
  }

  private Map<Integer, WaitingDelivery> inQueue(MessageFacts facts) {
    Map<Integer, WaitingDelivery> found = new HashMap<>();
    Operations operations = ledgers.operations();
    for (WaitingDelivery each :
        operations.list(Selection.ofMessage(facts.id()), null, MAX_WAITING)) {
      found.put(each.key().ordinal(), each);
    }
    return found;
  }

  private static Set<Integer> ordinals(List<Map.Entry<Integer, EmailView.RecipientView>> shown) {
    return shown.stream().map(Map.Entry::getKey).collect(Collectors.toUnmodifiableSet());
  }

  /// The newest, by the recipient's number.
  ///
  /// @param only whose; empty for all
  private Map<Integer, List<Transcript>> transcripts(MessageFacts facts, Set<Integer> only) {
    List<Transcript> kept;
    try {
      Transcripts transcripts = ledgers.transcripts();
      kept = transcripts.of(facts.id(), facts.acceptedAt());
    } catch (IOException failure) {
      throw new StorageException("transcripts could not be read", failure);
    }
    List<Transcript> wanted =
        only.isEmpty()
            ? kept
            : kept.stream().filter(each -> only.contains(each.delivery().ordinal())).toList();
    Map<Integer, List<Transcript>> found = new HashMap<>();
    for (Transcript each :
        wanted.subList(Math.max(0, wanted.size() - MAX_TRANSCRIPTS), wanted.size())) {
      found.computeIfAbsent(each.delivery().ordinal(), _ -> new ArrayList<>()).add(each);
    }
    return found;
  }

  private static List<Journal.Entry> of(List<Journal.Entry> entries, int ordinal) {
    return entries.stream()
        .filter(entry -> {
          DeliveryKey delivery = entry.event().delivery();
          return delivery != null && delivery.ordinal() == ordinal;
        })
        .toList();
  }

  private static @Nullable String returnPathDomain(Domains domains, MessageFacts facts) {
    return domains
        .byId(facts.domainId())
        .map(domain -> domain.returnPathDomain().value())
        .orElse(null);
  }
}

package dev.waybill.relay.admin;

import dev.waybill.relay.events.Journal;
import dev.waybill.relay.http.Problem;
import dev.waybill.relay.http.Refusal;
import dev.waybill.relay.http.Request;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.queue.MessageFacts;
import dev.waybill.relay.queue.Queue;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// Finds the message that a path names, and what happened to it. Any thread may use it.
final class EmailFinder {
  /// How many events of one message are looked at.
  private static final int MOST_EVENTS = 20_000;

  private final Queue queue;
  private final Journal journal;

  EmailFinder(Queue queue, Journal journal) {
    this.queue = queue;
    this.journal = journal;
  }

  /// @throws Refusal when there is no such message
  MessageFacts known(Request request) {
    return queue.history().find(id(request)).orElseThrow(() -> notFound(request));
  }

  /// Everything that is known to have happened to it, oldest first.
  List<Journal.Entry> events(UUID id) {
    List<Journal.Entry> all = new ArrayList<>();
    long last = 0;
    while (all.size() < MOST_EVENTS) {
      List<Journal.Entry> some =
          journal.read(new Journal.Filter(last, null, id, false), EmailView.MAX_EVENTS);
      all.addAll(some);
      if (some.size() < EmailView.MAX_EVENTS) {
        break;
      }
      last = some.getLast().seq();
    }
    return all;
  }

  static UUID id(Request request) {
    return Ids.parse(request.variable("id")).orElseThrow(() -> notFound(request));
  }

  static Refusal notFound(Request request) {
    return new Refusal(
        Problem.notFound("there is no email \"%s\"".formatted(request.variable("id"))));
  }

  static Refusal noRecipient(UUID id, String recipient) {
    return new Refusal(
        Problem.notFound("the message %s has no recipient %s".formatted(id, recipient)));
  }

  /// An address in a parameter.
  static EmailAddress address(String name, String text) {
    return EmailAddress.parse(text)
        .orElseThrow(() ->
            new Refusal(
                Problem.invalid(name, "\"" + text + "\"", "an address such as ann@example.com")));
  }
}

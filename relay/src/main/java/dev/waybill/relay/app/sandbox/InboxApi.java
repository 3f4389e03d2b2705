package dev.waybill.relay.app.sandbox;

import dev.waybill.relay.app.sandbox.Mailroom.Letter;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import tools.jackson.databind.ObjectMapper;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.ObjectNode;

/// The inbox for scripts, as JSON in UTF-8.
final class InboxApi {
  private static final ObjectMapper JSON = JsonMapper.builder().build();

  private InboxApi() {}

  /// An array of messages in the given order.
  static byte[] list(List<Letter> letters, Function<Letter, Optional<DeliveryKey>> deliveries) {
    ArrayNode list = JSON.createArrayNode();
    for (Letter letter : letters) {
      list.add(node(letter, deliveries.apply(letter)));
    }
    return bytes(list.toString());
  }

  /// One message with what happened to it.
  static byte[] message(Letter letter, Optional<DeliveryKey> delivery, List<Event> events) {
    ObjectNode message = node(letter, delivery);
    ArrayNode list = message.putArray("events");
    for (Event event : events) {
      ObjectNode node = list.addObject();
      node.put("type", event.type().text());
      node.put("created_at", event.at().toString());
      ObjectNode facts = node.putObject("data");
      event.facts().forEach(facts::put);
    }
    return bytes(message.toString());
  }

  private static ObjectNode node(Letter letter, Optional<DeliveryKey> delivery) {
    ObjectNode node = JSON.createObjectNode();
    node.put("id", letter.id().toString());
    node.put("from", letter.from());
    node.put("to", String.join(", ", letter.arrival().recipients()));
    node.put("subject", letter.subject());
    node.put("return_path", letter.arrival().sender());
    node.put("received_at", letter.at().toString());
    node.put("email_id", delivery.map(key -> key.messageId().toString()).orElse(null));
    node.put("size", letter.arrival().content().length);
    node.put("tls", letter.arrival().tls());
    Verdicts verdicts = letter.verdicts();
    ObjectNode results = node.putObject("verdicts");
    ObjectNode reasons = node.putObject("explanations");
    put(results, reasons, "spf", verdicts.spf());
    put(results, reasons, "dkim", verdicts.dkim());
    put(results, reasons, "dmarc", verdicts.dmarc());
    put(results, reasons, "one_click", verdicts.oneClick());
    return node;
  }

  private static void put(
      ObjectNode results, ObjectNode reasons, String name, Verdicts.Verdict verdict) {
    results.put(name, verdict.result().text());
    reasons.put(name, verdict.explanation());
  }

  private static byte[] bytes(String text) {
    return text.getBytes(StandardCharsets.UTF_8);
  }
}

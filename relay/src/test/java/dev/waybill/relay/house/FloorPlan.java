package dev.waybill.relay.house;

import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/// The rooms on their floors, lowest first: a room imports only rooms on lower floors.
final class FloorPlan {
  static final String BASE = "dev.waybill.relay";

  private static final List<List<String>> FLOORS =
      List.of(
          List.of("message", "clock"),
          List.of("conversion", "dkim", "dns", "smtp", "report", "tls"),
          List.of("storage", "http", "metrics", "report.aggregate"),
          List.of("events", "streams"),
          List.of("tokens", "idempotency", "keyring", "brand", "transcripts", "shaping", "sources"),
          List.of("access", "suppression", "domains", "transport", "breakers", "dmarc"),
          List.of("queue", "routes"),
          List.of("admission", "rendering", "operations", "tlsreport", "bouncereport"),
          List.of("submission", "delivery", "tracking", "feedback", "doctor"),
          List.of("admin"),
          List.of("config"),
          List.of("app.sandbox"),
          List.of("app"));

  /// The two halves, which meet only at the queue, the ledgers and the events.
  static final Set<String> TAKING = Set.of("submission", "admission");

  static final Set<String> SENDING = Set.of("rendering", "delivery", "tracking", "feedback");

  private FloorPlan() {}

  /// Every room with its floor's number, 0 for the lowest.
  static Map<String, Integer> rooms() {
    Map<String, Integer> rooms = new LinkedHashMap<>();
    for (int floor = 0; floor < FLOORS.size(); floor++) {
      for (String room : FLOORS.get(floor)) {
        rooms.put(room, floor);
      }
    }
    return rooms;
  }

  /// The room of a package: its path below the base.
  static String roomOf(String packageName) {
    return packageName.equals(BASE) ? "" : packageName.substring(BASE.length() + 1);
  }
}

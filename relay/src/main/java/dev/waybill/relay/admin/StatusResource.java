package dev.waybill.relay.admin;

import dev.waybill.relay.breakers.Breakers;
import dev.waybill.relay.domains.Domains;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.http.Json;
import dev.waybill.relay.http.Request;
import dev.waybill.relay.http.Response;
import dev.waybill.relay.http.Route;
import dev.waybill.relay.queue.Queue;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/// `/status`: one look at the whole node.
final class StatusResource {
  record StatusView(
      String object,
      String version,
      String hostname,
      String startedAt,
      double uptimeSeconds,
      String health,
      String healthReason,
      Map<String, Long> queue,
      Map<String, Long> domains,
      Map<String, Long> breakers) {}

  private final AdminDoor.Node node;
  private final Queue queue;
  private final Domains domains;
  private final Breakers breakers;
  private final InstantSource clock;

  StatusResource(
      AdminDoor.Node node, Queue queue, Domains domains, Breakers breakers, InstantSource clock) {
    this.node = node;
    this.queue = queue;
    this.domains = domains;
    this.breakers = breakers;
    this.clock = clock;
  }

  List<Route> routes() {
    return List.of(Route.get("/status", this::show));
  }

  /// How many domains there are in each status that occurs.
  static Map<String, Long> countByStatus(List<SendingDomain> domains) {
    return domains.stream()
        .collect(
            Collectors.groupingBy(
                domain -> domain.status().text(), TreeMap::new, Collectors.counting()));
  }

  private Response show(Request request) {
    Health health = Health.of(queue.health());
    return Json.response(
        200,
        new StatusView(
            "status",
            node.version(),
            node.hostname(),
            Times.text(node.startedAt()),
            Duration.between(node.startedAt(), clock.instant()).toMillis() / 1000.0,
            health.name(),
            health.reason(),
            QueueResource.statesOf(queue.counts()),
            countByStatus(domains.list()),
            BreakersResource.countByState(breakers)));
  }
}

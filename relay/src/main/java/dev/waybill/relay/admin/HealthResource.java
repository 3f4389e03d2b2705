package dev.waybill.relay.admin;

import dev.waybill.relay.http.Request;
import dev.waybill.relay.http.Response;
import dev.waybill.relay.http.Route;
import dev.waybill.relay.queue.HealthGate;
import java.util.List;
import java.util.function.Supplier;

/// `/healthz` and `/readyz`, for supervisors and load balancers; without a key.
final class HealthResource {
  private final Supplier<HealthGate.State> gate;

  HealthResource(Supplier<HealthGate.State> gate) {
    this.gate = gate;
  }

  List<Route> routes() {
    return List.of(
        Route.get("/healthz", _ -> Response.text(200, "ok\n")).withoutWaiting(),
        Route.get("/readyz", this::ready));
  }

  private Response ready(Request request) {
    Health health = Health.of(gate.get());
    return health.isOpen()
        ? Response.text(200, "ready\n")
        : Response.text(503, "%s: %s\n".formatted(health.name(), health.reason()));
  }
}

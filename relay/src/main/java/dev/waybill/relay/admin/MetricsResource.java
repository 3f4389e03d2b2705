package dev.waybill.relay.admin;

import dev.waybill.relay.http.Response;
import dev.waybill.relay.http.Route;
import dev.waybill.relay.metrics.Metrics;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// `/metrics`, for Prometheus; without a key.
final class MetricsResource {
  private final Metrics metrics;

  MetricsResource(Metrics metrics) {
    this.metrics = metrics;
  }

  List<Route> routes() {
    return List.of(
        Route.get(
            "/metrics",
            _ ->
                Response.of(
                    200, Metrics.CONTENT_TYPE, metrics.scrape().getBytes(StandardCharsets.UTF_8))));
  }
}

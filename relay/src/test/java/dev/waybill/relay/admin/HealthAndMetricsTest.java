package dev.waybill.relay.admin;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.http.HttpLimits;
import dev.waybill.relay.http.HttpServer;
import dev.waybill.relay.http.HttpSettings;
import dev.waybill.relay.http.Json;
import dev.waybill.relay.http.Route;
import dev.waybill.relay.http.Routes;
import dev.waybill.relay.metrics.Metrics;
import dev.waybill.relay.queue.HealthGate;
import dev.waybill.relay.testing.RawHttpClient;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;

/// What supervisors and Prometheus see, without a key.
class HealthAndMetricsTest {
  private final AtomicReference<HealthGate.State> gate =
      new AtomicReference<>(new HealthGate.State.Open());

  @Test
  void tellsWhetherTheNodeTakesMail() throws Exception {
    try (Metrics metrics = new Metrics()) {
      List<Route> routes = new ArrayList<>(new HealthResource(gate::get).routes());
      routes.addAll(new MetricsResource(metrics).routes());
      HttpServer server =
          new HttpServer(
              new HttpSettings(
                  "admin",
                  new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                  1,
                  HttpLimits.of(1024, 10),
                  Map.of(),
                  Json::problem),
              new Routes(routes),
              InstantSource.system(),
              metrics.registry());
      server.start();
      try (RawHttpClient client = new RawHttpClient(server.port())) {
        assertThat(get(client, "/readyz").body()).isEqualTo("ready\n");
        gate.set(new HealthGate.State.Broken("the last commit failed"));
        assertThat(get(client, "/readyz"))
            .extracting(RawHttpClient.Answer::status, RawHttpClient.Answer::body)
            .containsExactly(503, "broken: the last commit failed\n");
        assertThat(get(client, "/healthz").body()).isEqualTo("ok\n");
        assertThat(get(client, "/metrics").body())
            .contains("waybill_http_requests_total{server=\"admin\",status=\"5xx\"} 1.0")
            .contains("waybill_http_connections{server=\"admin\"} 1.0");
      } finally {
        server.stop(Duration.ofSeconds(5));
      }
    }
  }

  private static RawHttpClient.Answer get(RawHttpClient client, String path) throws Exception {
    return client.send("GET " + path + " HTTP/1.1\r\nHost: a\r\n\r\n").read();
  }
}

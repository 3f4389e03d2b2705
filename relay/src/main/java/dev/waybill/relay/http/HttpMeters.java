package dev.waybill.relay.http;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.concurrent.atomic.AtomicInteger;

/// What a server counts. Any thread may use it.
final class HttpMeters {
  private final AtomicInteger connections = new AtomicInteger();
  private final Counter turnedAway;
  private final Counter handshakesFailed;
  private final Counter[] byStatusClass = new Counter[4];

  HttpMeters(String server, MeterRegistry meters) {
    Gauge.builder("waybill.http.connections", connections, AtomicInteger::get)
        .description("Open HTTP connections")
        .tag("server", server)
        .register(meters);
    turnedAway =
        Counter.builder("waybill.http.connections.refused")
            .description("HTTP connections closed at once because too many were open")
            .tag("server", server)
            .register(meters);
    handshakesFailed =
        Counter.builder("waybill.http.handshakes.failed")
            .description("TLS connections that ended before the first request could be made")
            .tag("server", server)
            .register(meters);
    for (int i = 0; i < byStatusClass.length; i++) {
      byStatusClass[i] =
          Counter.builder("waybill.http.requests")
              .description("Answered HTTP requests by class of status")
              .tag("server", server)
              .tag("status", (i + 2) + "xx")
              .register(meters);
    }
  }

  /// How many are open now, the new one included.
  int opened() {
    return connections.incrementAndGet();
  }

  void closed() {
    connections.decrementAndGet();
  }

  void turnedAway() {
    turnedAway.increment();
  }

  void handshakeFailed() {
    handshakesFailed.increment();
  }

  void answered(int status) {
    byStatusClass[Math.clamp(status / 100 - 2, 0, byStatusClass.length - 1)].increment();
  }
}

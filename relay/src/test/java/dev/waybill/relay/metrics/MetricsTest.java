package dev.waybill.relay.metrics;

import static org.assertj.core.api.Assertions.assertThat;

import io.micrometer.core.instrument.Counter;
import org.junit.jupiter.api.Test;

class MetricsTest {
  @Test
  void namesMetersAsPrometheusDoes() {
    try (Metrics metrics = new Metrics()) {
      Counter.builder("waybill.delivery.attempts")
          .description("Delivery attempts")
          .tag("provider", "other")
          .register(metrics.registry())
          .increment();

      assertThat(metrics.scrape())
          .contains("# HELP waybill_delivery_attempts_total Delivery attempts")
          .contains("# TYPE waybill_delivery_attempts_total counter")
          .contains("waybill_delivery_attempts_total{provider=\"other\"} 1.0")
          .contains("jvm_memory_used_bytes{")
          .contains("process_uptime_seconds ")
          .contains("process_files_open_files ");
    }
  }

  @Test
  void stopsALabelThatIsNotBounded() {
    try (Metrics metrics = new Metrics()) {
      for (int i = 0; i < 12_000; i++) {
        Counter.builder("waybill.test").tag("recipient", "r" + i).register(metrics.registry());
      }

      assertThat(metrics.registry().getMeters()).hasSizeLessThanOrEqualTo(10_000);
    }
  }
}

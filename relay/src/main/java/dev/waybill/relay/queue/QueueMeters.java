package dev.waybill.relay.queue;

import dev.waybill.relay.storage.GroupCommit;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// What the operator sees of the queue. Any thread may use it; it passes what it hears of commits
/// on to the health gate.
public final class QueueMeters implements GroupCommit.Observer {
  private static final List<String> STATES =
      List.of("scheduled", "queued", "sending", "deferred", "held");

  private final HealthGate health;
  private final Timer commits;
  private final Map<String, AtomicLong> states = new ConcurrentHashMap<>();
  private final AtomicLong oldestMillis = new AtomicLong();

  public QueueMeters(HealthGate health, MeterRegistry registry) {
    this.health = health;
    this.commits =
        Timer.builder("waybill.storage.commit")
            .description("Time from the first write of a batch to the end of its sync")
            .publishPercentileHistogram()
            .register(registry);
    for (String state : STATES) {
      AtomicLong count = new AtomicLong();
      states.put(state, count);
      Gauge.builder("waybill.queue.messages", count, AtomicLong::get)
          .description("Deliveries that are not settled yet, by state")
          .tag("state", state)
          .register(registry);
    }
    Gauge.builder("waybill.queue.oldest", oldestMillis, millis -> millis.get() / 1000.0)
        .description("Age of the oldest message with a delivery that is not settled")
        .baseUnit("seconds")
        .register(registry);
  }

  @Override
  public void committed(int items, Duration took) {
    commits.record(took);
    health.committed(items, took);
  }

  @Override
  public void failed(Throwable cause) {
    health.failed(cause);
  }

  /// Shows a fresh summary.
  public void show(QueueSummary summary, Instant now) {
    summary
        .states()
        .forEach((state, count) -> {
          AtomicLong shown = states.get(state);
          if (shown != null) {
            shown.set(count);
          }
        });
    Instant oldest = summary.oldestAcceptedAt();
    oldestMillis.set(oldest == null ? 0 : Duration.between(oldest, now).toMillis());
  }
}

package dev.waybill.relay.delivery;

import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.report.BounceJudge;
import dev.waybill.relay.transport.TransportLevel;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.ToIntFunction;

/// What the operator sees of delivery. Any thread may call it.
final class DeliveryMeters {
  private record Labels(String provider, String result) {}

  private final BounceJudge judge = BounceJudge.load();
  private final MeterRegistry registry;
  private final Timer duration;
  private final Counter downgrades;
  private final Map<String, AtomicInteger> connections = new HashMap<>();
  private final Map<Labels, Counter> attempts = new ConcurrentHashMap<>();
  private final Map<Labels, Counter> bounces = new ConcurrentHashMap<>();
  private final Map<Labels, Counter> shaped = new ConcurrentHashMap<>();

  DeliveryMeters(MeterRegistry registry, SortedSet<String> providers) {
    this.registry = registry;
    this.duration =
        Timer.builder("waybill.delivery.duration")
            .description("Time from taking a delivery up to its outcome, connecting included")
            .publishPercentileHistogram()
            .register(registry);
    this.downgrades =
        Counter.builder("waybill.delivery.tls.downgrades")
            .description("Connections that were less secure than the host's were before")
            .register(registry);
    for (String provider : providers) {
      AtomicInteger open = new AtomicInteger();
      connections.put(provider, open);
      Gauge.builder("waybill.delivery.connections", open, AtomicInteger::get)
          .description("Open connections to the hosts of a provider")
          .tag("provider", provider)
          .register(registry);
    }
  }

  /// @param count how many sites of a provider wait for a connection, by its name
  void sitesInLine(ToIntFunction<String> count) {
    for (String provider : connections.keySet()) {
      Gauge.builder("waybill.delivery.sites.waiting", provider, name -> count.applyAsInt(name))
          .description("Sites that wait until their provider's budget has a connection for them")
          .tag("provider", provider)
          .register(registry);
    }
  }

  /// A connection was secured so, or could not be.
  ///
  /// @param result `verified`, `unverified`, `clear` or `failed`
  void secured(TransportLevel level, String result) {
    Counter.builder("waybill.delivery.tls")
        .description("Connections by whose wish they are secured, and how that went")
        .tag("policy", level.text())
        .tag("result", result)
        .register(registry)
        .increment();
  }

  /// A connection was less secure than the host's last ones.
  void downgraded() {
    downgrades.increment();
  }

  Timer.Sample started() {
    return Timer.start(registry);
  }

  void ended(Timer.Sample started, String provider, AttemptOutcome outcome) {
    if (!(outcome instanceof AttemptOutcome.Postponed)) {
      started.stop(duration);
    }
    count(provider, outcome);
  }

  /// Counts an outcome that took no time: the DNS said no, or did not say.
  void count(String provider, AttemptOutcome outcome) {
    if (outcome instanceof AttemptOutcome.Postponed) {
      shaped(provider, "postponed");
      return;
    }
    attempts.computeIfAbsent(new Labels(provider, result(outcome)), this::counter).increment();
    if (outcome instanceof AttemptOutcome.Rejected(_, String reply, _)) {
      bounces
          .computeIfAbsent(
              new Labels(provider, judge.judge(reply).cause().text()), this::bounceCounter)
          .increment();
    }
  }

  /// A site's pace changed, or mail waits for it.
  ///
  /// @param action `throttled`, `slowed`, `paused` or `postponed`
  void shaped(String provider, String action) {
    shaped
        .computeIfAbsent(
            new Labels(provider, action),
            labels ->
                Counter.builder("waybill.delivery.shaping")
                    .description("How often sites made us slow down, and mail that waits for it")
                    .tag("provider", labels.provider())
                    .tag("action", labels.result())
                    .register(registry))
        .increment();
  }

  private Counter bounceCounter(Labels labels) {
    return Counter.builder("waybill.bounces")
        .description("Deliveries refused for good, at once or by a later report")
        .tag("provider", labels.provider())
        .tag("class", labels.result())
        .register(registry);
  }

  void opened(String provider) {
    open(provider).incrementAndGet();
  }

  void closed(String provider) {
    open(provider).decrementAndGet();
  }

  private AtomicInteger open(String provider) {
    AtomicInteger open = connections.get(provider);
    if (open == null) {
      throw new IllegalArgumentException(
          "provider %s (expected: one of %s)".formatted(provider, connections.keySet()));
    }
    return open;
  }

  private Counter counter(Labels labels) {
    return Counter.builder("waybill.delivery.attempts")
        .description("Delivery attempts that ended, by receiving provider and result")
        .tag("provider", labels.provider())
        .tag("result", labels.result())
        .register(registry);
  }

  private static String result(AttemptOutcome outcome) {
    return switch (outcome) {
      case AttemptOutcome.Delivered _ -> "delivered";
      case AttemptOutcome.Deferred _ -> "deferred";
      case AttemptOutcome.Rejected _ -> "rejected";
      case AttemptOutcome.Unreachable _ -> "unreachable";
      case AttemptOutcome.Postponed _ -> "postponed";
      case AttemptOutcome.Suppressed _ -> "suppressed";
      case AttemptOutcome.Discarded _ -> "discarded";
      case AttemptOutcome.Held _ -> "held";
      case AttemptOutcome.Fault _ -> "fault";
    };
  }
}

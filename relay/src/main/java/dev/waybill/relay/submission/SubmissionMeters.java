package dev.waybill.relay.submission;

import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;

/// What is counted at the door. Any thread may call it.
final class SubmissionMeters {
  /// What became of a message whose DATA began.
  enum Result {
    ACCEPTED,
    /// Accepted before under the same idempotency key.
    REPEATED,
    REFUSED_SENDER,
    REFUSED_CONTENT,
    TOO_LARGE,
    /// Bare CR, bare LF or NUL.
    MALFORMED,
    /// Turned away because storage was slow, full or gone.
    STORAGE,
    /// An unexpected exception of ours.
    FAULT,
    /// The client went away or was too slow.
    ABORTED
  }

  private final Map<Result, Counter> messages = new EnumMap<>(Result.class);

  SubmissionMeters(MeterRegistry registry, ConnectionCount connections) {
    for (Result result : Result.values()) {
      messages.put(
          result,
          Counter.builder("waybill.submission.messages")
              .description("Messages whose DATA was begun, by what became of them")
              .tag("result", result.name().toLowerCase(Locale.ROOT))
              .register(registry));
    }
    Gauge.builder("waybill.submission.connections", connections, ConnectionCount::total)
        .description("Open submission sessions")
        .register(registry);
  }

  void count(Result result) {
    Counter counter = messages.get(result);
    if (counter != null) {
      counter.increment();
    }
  }
}

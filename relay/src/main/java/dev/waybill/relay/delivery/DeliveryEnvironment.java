package dev.waybill.relay.delivery;

import dev.waybill.relay.sources.WarmUps;
import dev.waybill.relay.transcripts.Attempt;
import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.Consumer;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// What delivery takes from its surroundings.
///
/// @param nanos a monotonic clock in nanoseconds
/// @param random for the order of equal hosts; must be usable from any thread
/// @param attempts takes what was said in each attempt, just before its outcome; must be quick
/// @param warmUps how much new addresses may send yet
public record DeliveryEnvironment(
    LongSupplier nanos,
    RandomGenerator random,
    MeterRegistry meters,
    Consumer<Attempt> attempts,
    WarmUps warmUps) {
  /// Where every address is known.
  public DeliveryEnvironment(
      LongSupplier nanos,
      RandomGenerator random,
      MeterRegistry meters,
      Consumer<Attempt> attempts) {
    this(nanos, random, meters, attempts, WarmUps.none());
  }

  /// Where nobody wants to know what was said.
  public DeliveryEnvironment(LongSupplier nanos, RandomGenerator random, MeterRegistry meters) {
    this(nanos, random, meters, _ -> {});
  }
}

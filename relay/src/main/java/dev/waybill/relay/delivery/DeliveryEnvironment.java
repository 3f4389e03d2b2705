package dev.waybill.relay.delivery;

import io.micrometer.core.instrument.MeterRegistry;
import java.util.function.LongSupplier;
import java.util.random.RandomGenerator;

/// What delivery takes from its surroundings.
///
/// @param nanos a monotonic clock in nanoseconds
/// @param random for the order of equal hosts; must be usable from any thread
public record DeliveryEnvironment(
    LongSupplier nanos, RandomGenerator random, MeterRegistry meters) {}

package dev.waybill.relay.delivery;

import dev.waybill.relay.rendering.RenderedCopy;
import dev.waybill.relay.shaping.Throttling;
import dev.waybill.relay.sources.WarmUps;
import java.util.concurrent.Semaphore;
import java.util.function.LongSupplier;

/// What all workers share. Any thread may use it.
///
/// @param throttling tells complaints about our pace from other replies
/// @param nanos a monotonic clock in nanoseconds
/// @param memory the octets of rendered copies
/// @param connections one permit per connection
/// @param probes one more for each that is being opened to a site that was down
/// @param warmUps how much new addresses may send yet
/// @param copies makes them
/// @param ends where deliveries go when a worker is done with them
/// @param scribe writes down what was said
record Workshop(
    DeliverySettings settings,
    HostConnector connector,
    Outages outages,
    Providers providers,
    Throttling throttling,
    LongSupplier nanos,
    DeliveryMeters meters,
    MemoryBudget memory,
    Semaphore connections,
    Semaphore probes,
    WarmUps warmUps,
    RenderedCopy.Maker copies,
    Ends ends,
    Scribe scribe) {}

package dev.waybill.relay.delivery;

import dev.waybill.relay.rendering.RenderedCopy;
import java.util.concurrent.Semaphore;

/// What all workers share. Any thread may use it.
///
/// @param memory the octets of rendered copies
/// @param connections one permit per connection
/// @param copies makes them
/// @param ends where deliveries go when a worker is done with them
/// @param scribe writes down what was said
record Workshop(
    DeliverySettings settings,
    HostConnector connector,
    Outages outages,
    Providers providers,
    DeliveryMeters meters,
    MemoryBudget memory,
    Semaphore connections,
    RenderedCopy.Maker copies,
    Ends ends,
    Scribe scribe) {}

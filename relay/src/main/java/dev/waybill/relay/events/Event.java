package dev.waybill.relay.events;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// One thing that happened, as it goes into the journal.
///
/// @param type what happened
/// @param at when, by this node's clock
/// @param delivery the delivery it is about; null for domain and suppression events
/// @param recipient the envelope recipient it is about; null when it is about none
/// @param domain the registered sending domain it belongs to; null when it belongs to none
/// @param facts what else is known, flat names such as `reply`, `mx`, `link`, `machine`; small
public record Event(
    EventType type,
    Instant at,
    @Nullable DeliveryKey delivery,
    @Nullable String recipient,
    @Nullable String domain,
    Map<String, String> facts) {

  public Event {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(at, "at");
    facts = Map.copyOf(facts);
  }
}

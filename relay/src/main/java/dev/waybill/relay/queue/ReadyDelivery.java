package dev.waybill.relay.queue;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.message.EmailAddress;
import java.util.Objects;

/// A delivery that is due and leased to this node.
///
/// @param attempts how often it was tried before
public record ReadyDelivery(
    DeliveryKey key, StoredMessage message, EmailAddress recipient, int attempts) {
  public ReadyDelivery {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(message, "message");
    Objects.requireNonNull(recipient, "recipient");
  }
}

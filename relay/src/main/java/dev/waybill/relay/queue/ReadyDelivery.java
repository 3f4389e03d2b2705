package dev.waybill.relay.queue;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import java.util.Objects;

/// A delivery that is due and leased to this node.
///
/// @param dsn what the application wants to hear of it
/// @param attempts how often it was tried before
public record ReadyDelivery(
    DeliveryKey key,
    StoredMessage message,
    EmailAddress recipient,
    DsnParameters dsn,
    int attempts) {
  public ReadyDelivery {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(message, "message");
    Objects.requireNonNull(recipient, "recipient");
    Objects.requireNonNull(dsn, "dsn");
  }
}

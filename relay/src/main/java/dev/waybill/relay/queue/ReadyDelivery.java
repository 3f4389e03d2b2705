package dev.waybill.relay.queue;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import java.util.Objects;

/// A delivery that is due and leased to this node.
///
/// @param dsn what the application wants to hear of it
/// @param attempts how often it was tried before
/// @param heldRoute the route that held it until an operator released it; empty for none
public record ReadyDelivery(
    DeliveryKey key,
    StoredMessage message,
    EmailAddress recipient,
    DsnParameters dsn,
    int attempts,
    String heldRoute) {
  /// One that no route held.
  public ReadyDelivery(
      DeliveryKey key,
      StoredMessage message,
      EmailAddress recipient,
      DsnParameters dsn,
      int attempts) {
    this(key, message, recipient, dsn, attempts, "");
  }

  public ReadyDelivery {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(message, "message");
    Objects.requireNonNull(recipient, "recipient");
    Objects.requireNonNull(dsn, "dsn");
    Objects.requireNonNull(heldRoute, "heldRoute");
  }
}

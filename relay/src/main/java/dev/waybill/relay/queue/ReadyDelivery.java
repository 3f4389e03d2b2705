package dev.waybill.relay.queue;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import java.time.Instant;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// A delivery that is due and leased to this node.
///
/// @param dsn what the application wants to hear of it
/// @param attempts how often it was tried before
/// @param lastAttemptAt when it was tried last, or its delay was told of without a try; null when
///   neither was
/// @param heldRoute the route that held it until an operator released it; empty for none
public record ReadyDelivery(
    DeliveryKey key,
    StoredMessage message,
    EmailAddress recipient,
    DsnParameters dsn,
    int attempts,
    @Nullable Instant lastAttemptAt,
    String heldRoute) {
  public ReadyDelivery {
    Objects.requireNonNull(key, "key");
    Objects.requireNonNull(message, "message");
    Objects.requireNonNull(recipient, "recipient");
    Objects.requireNonNull(dsn, "dsn");
    Objects.requireNonNull(heldRoute, "heldRoute");
  }

  /// One that was not tried yet.
  public ReadyDelivery(
      DeliveryKey key, StoredMessage message, EmailAddress recipient, DsnParameters dsn) {
    this(key, message, recipient, dsn, 0, null, "");
  }
}

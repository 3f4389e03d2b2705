package dev.waybill.relay.events;

import java.util.Objects;
import java.util.UUID;

/// Names one delivery: the copy of one message for one recipient.
///
/// @param messageId the message's id, as in `250 2.0.0 Queued as <id>`
/// @param ordinal the recipient's place in the submitted RCPT TO list, from 0 to 65,535
public record DeliveryKey(UUID messageId, int ordinal) {
  public DeliveryKey {
    Objects.requireNonNull(messageId, "messageId");
    if (ordinal < 0 || ordinal > 0xFFFF) {
      throw new IllegalArgumentException("ordinal %d (expected: 0..65535)".formatted(ordinal));
    }
  }
}

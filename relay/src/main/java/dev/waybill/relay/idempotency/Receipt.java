package dev.waybill.relay.idempotency;

import java.util.UUID;

/// What became of a message that was handed in.
public sealed interface Receipt {
  /// It is on stable storage.
  ///
  /// @param id its own, or that of the first one with its key: then there is no second mail
  record Queued(UUID id) implements Receipt {}

  /// Its key stands for another message; nothing was stored.
  record KeyTaken() implements Receipt {}
}

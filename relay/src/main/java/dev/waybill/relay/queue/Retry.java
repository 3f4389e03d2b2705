package dev.waybill.relay.queue;

import dev.waybill.relay.message.DomainName;
import java.util.UUID;

/// Which deferred deliveries an operator wants to be tried now.
public sealed interface Retry {
  record All() implements Retry {}

  /// Those to one recipient domain.
  record Destination(DomainName domain) implements Retry {}

  /// Those of one message.
  record Message(UUID id) implements Retry {}
}

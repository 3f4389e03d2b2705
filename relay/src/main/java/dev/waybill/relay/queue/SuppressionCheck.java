package dev.waybill.relay.queue;

import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.streams.Stream;
import java.util.Collection;
import java.util.Map;
import java.util.UUID;

/// Asks which addresses may no longer get mail of a domain and stream, and why.
@FunctionalInterface
public interface SuppressionCheck {
  Map<EmailAddress, String> among(UUID domainId, Stream stream, Collection<EmailAddress> addresses);
}

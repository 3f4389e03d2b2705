package dev.waybill.relay.feedback;

import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.suppression.Suppression;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// Where the feedback door looks things up and writes them down. Any thread may call each part.
///
/// @param readToken which delivery a return-path token names; empty for a forged one
/// @param origin a delivery's first event, which tells its recipient and domain
/// @param domain the registered domain of that exact name
/// @param suppress adds a suppression and returns when it is durable
/// @param record writes an event; complete when it is durable
public record Ledger(
    Function<String, Optional<DeliveryKey>> readToken,
    Function<DeliveryKey, Optional<Event>> origin,
    Function<DomainName, Optional<SendingDomain>> domain,
    Suppressing suppress,
    Function<Event, CompletableFuture<Void>> record) {
  /// Adds a suppression, such as `suppressions::add`.
  public interface Suppressing {
    /// @param stream the stream's name; null for all streams of the domain
    Suppression add(
        EmailAddress address, UUID domainId, @Nullable String stream, Suppression.Origin origin);
  }

  public Ledger {
    Objects.requireNonNull(readToken, "readToken");
    Objects.requireNonNull(origin, "origin");
    Objects.requireNonNull(domain, "domain");
    Objects.requireNonNull(suppress, "suppress");
    Objects.requireNonNull(record, "record");
  }
}

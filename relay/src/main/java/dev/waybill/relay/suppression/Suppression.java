package dev.waybill.relay.suppression;

import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.streams.Stream;
import java.time.Instant;
import java.util.Locale;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An address that gets no mail.
///
/// @param domainId the registered domain it is suppressed for; null for all
/// @param stream the stream it is suppressed for; null for all
public record Suppression(
    UUID id,
    EmailAddress address,
    @Nullable UUID domainId,
    @Nullable Stream stream,
    Origin origin,
    Instant createdAt) {
  /// Why an address was suppressed.
  public enum Origin {
    BOUNCE,
    COMPLAINT,
    UNSUBSCRIBE,
    MANUAL;

    /// The public name, such as `bounce`.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Suppression {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(address, "address");
    Objects.requireNonNull(origin, "origin");
    Objects.requireNonNull(createdAt, "createdAt");
  }
}

package dev.waybill.relay.suppression;

import dev.waybill.relay.message.EmailAddress;
import java.time.Instant;
import java.util.Arrays;
import java.util.Locale;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An address that gets no mail.
///
/// @param domainId the registered domain it is suppressed for; null for all
/// @param stream the name of the stream it is suppressed for, that of a kind's built-in stream for
///   all of its kind; null for all
/// @param expiresAt from when it gets mail again; null for never
public record Suppression(
    UUID id,
    EmailAddress address,
    @Nullable UUID domainId,
    @Nullable String stream,
    Origin origin,
    Instant createdAt,
    @Nullable Instant expiresAt) {
  /// Which address is to be suppressed; a value.
  ///
  /// @param domainId the registered domain; null for all
  /// @param stream the stream's name, as in [Suppression]; null for all
  /// @param expiresAt null for never
  public record Wanted(
      EmailAddress address,
      @Nullable UUID domainId,
      @Nullable String stream,
      Origin origin,
      @Nullable Instant expiresAt) {}

  /// Why an address was suppressed.
  public enum Origin {
    BOUNCE,
    COMPLAINT,
    UNSUBSCRIBE,
    MANUAL;

    /// Reads a public name, such as `bounce`, in any case.
    public static Optional<Origin> parse(String text) {
      return Arrays.stream(values())
          .filter(origin -> origin.text().equals(text.toLowerCase(Locale.ROOT)))
          .findFirst();
    }

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

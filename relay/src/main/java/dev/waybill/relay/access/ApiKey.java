package dev.waybill.relay.access;

import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An API key as the relay knows it: everything but the secret.
///
/// @param domainId the only registered domain it may send for; null for all
public record ApiKey(
    UUID id, String name, Permission permission, @Nullable UUID domainId, Instant createdAt) {
  /// What a key may do.
  public enum Permission {
    /// Everything, sending included.
    FULL_ACCESS,
    /// Submit mail only.
    SENDING_ACCESS
  }

  public ApiKey {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(permission, "permission");
    Objects.requireNonNull(createdAt, "createdAt");
  }
}

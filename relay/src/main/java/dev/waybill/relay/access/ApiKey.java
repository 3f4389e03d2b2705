package dev.waybill.relay.access;

import java.time.Instant;
import java.util.Objects;
import java.util.Set;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// An API key as the relay knows it: everything but the secret.
public record ApiKey(
    UUID id, String name, Permission permission, Sending sending, Instant createdAt) {
  /// What a key may do.
  public enum Permission {
    /// Everything, sending included.
    FULL_ACCESS,
    /// Submit mail only.
    SENDING_ACCESS
  }

  /// What a key may send.
  ///
  /// @param domains the only registered domains it may send for; empty for all
  /// @param stream the name of the stream of its messages that name none; null for transactional
  /// @param perMinute how many recipients it may submit to in a minute; 0 for no limit
  /// @param perDay how many in a day of UTC; 0 for no limit
  public record Sending(Set<UUID> domains, @Nullable String stream, int perMinute, int perDay) {
    /// For every domain, without a limit.
    public static final Sending ANYTHING = new Sending(Set.of(), null, 0, 0);

    private static final int MAX_DOMAINS = 1_000;

    public Sending {
      domains = Set.copyOf(domains);
      if (domains.size() > MAX_DOMAINS) {
        throw new IllegalArgumentException(
            "%d domains (expected: at most %d)".formatted(domains.size(), MAX_DOMAINS));
      }
      if (perMinute < 0 || perDay < 0) {
        throw new IllegalArgumentException(
            "%d a minute, %d a day (expected: 0 or more)".formatted(perMinute, perDay));
      }
    }

    /// For one domain, without a limit.
    public static Sending forDomain(UUID domain) {
      return new Sending(Set.of(domain), null, 0, 0);
    }

    /// Whether it may send for that registered domain.
    public boolean covers(UUID domain) {
      return domains.isEmpty() || domains.contains(domain);
    }

    /// Whether there is a number of recipients that it may not go beyond.
    public boolean isLimited() {
      return perMinute > 0 || perDay > 0;
    }
  }

  public ApiKey {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(permission, "permission");
    Objects.requireNonNull(sending, "sending");
    Objects.requireNonNull(createdAt, "createdAt");
  }
}

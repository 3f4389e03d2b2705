package dev.waybill.relay.domains;

import dev.waybill.relay.brand.Brand;
import dev.waybill.relay.message.DomainName;
import java.time.Instant;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A registered domain as it stands now.
///
/// @param returnPathLabel the label of the return path's subdomain, `send` by default
/// @param trackingSubdomain the label of the customer's own tracking host; null for the relay's
/// @param requireTls whether a copy may only go over TLS with a valid certificate
/// @param brand what recipients see of it
public record SendingDomain(
    UUID id,
    DomainName name,
    DomainStatus status,
    String returnPathLabel,
    boolean openTracking,
    boolean clickTracking,
    @Nullable String trackingSubdomain,
    boolean requireTls,
    Instant createdAt,
    Brand brand) {
  public SendingDomain {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(name, "name");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(brand, "brand");
  }

  /// A domain that shows nothing but its name.
  public SendingDomain(
      UUID id,
      DomainName name,
      DomainStatus status,
      String returnPathLabel,
      boolean openTracking,
      boolean clickTracking,
      @Nullable String trackingSubdomain,
      boolean requireTls,
      Instant createdAt) {
    this(
        id,
        name,
        status,
        returnPathLabel,
        openTracking,
        clickTracking,
        trackingSubdomain,
        requireTls,
        createdAt,
        Brand.NONE);
  }

  /// The same domain in another status.
  SendingDomain withStatus(DomainStatus now) {
    return new SendingDomain(
        id,
        name,
        now,
        returnPathLabel,
        openTracking,
        clickTracking,
        trackingSubdomain,
        requireTls,
        createdAt,
        brand);
  }

  /// The domain of every return path: `send.example.com`.
  public DomainName returnPathDomain() {
    return name.child(returnPathLabel);
  }
}

package dev.waybill.relay.domains;

import dev.waybill.relay.brand.BrandWish;
import org.jspecify.annotations.Nullable;

/// A change of a domain's settings; null leaves a setting as it is.
///
/// @param brand changes what recipients see of it
public record DomainChange(
    @Nullable Boolean openTracking,
    @Nullable Boolean clickTracking,
    @Nullable String trackingSubdomain,
    @Nullable Boolean requireTls,
    BrandWish brand) {

  /// A change of what recipients do not see.
  public DomainChange(
      @Nullable Boolean openTracking,
      @Nullable Boolean clickTracking,
      @Nullable String trackingSubdomain,
      @Nullable Boolean requireTls) {
    this(openTracking, clickTracking, trackingSubdomain, requireTls, BrandWish.NONE);
  }
}

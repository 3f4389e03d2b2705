package dev.waybill.relay.domains;

import dev.waybill.relay.brand.BrandWish;
import dev.waybill.relay.keyring.KeyWish;
import org.jspecify.annotations.Nullable;

/// What an operator asks for when registering a domain, as typed; [Domains#add] judges it.
///
/// @param name the domain as typed
/// @param returnPathLabel the return path's label; null for `send`
/// @param trackingSubdomain the tracking host's label; null for the relay's own host
/// @param key the RSA key that signs
/// @param ed25519 whether an Ed25519 key signs as well, once it is published
/// @param brand what recipients shall see of it
public record NewDomain(
    String name,
    @Nullable String returnPathLabel,
    boolean openTracking,
    boolean clickTracking,
    @Nullable String trackingSubdomain,
    boolean requireTls,
    KeyWish key,
    boolean ed25519,
    BrandWish brand) {

  /// A domain that shows nothing but its name.
  public NewDomain(
      String name,
      @Nullable String returnPathLabel,
      boolean openTracking,
      boolean clickTracking,
      @Nullable String trackingSubdomain,
      boolean requireTls,
      KeyWish key,
      boolean ed25519) {
    this(
        name,
        returnPathLabel,
        openTracking,
        clickTracking,
        trackingSubdomain,
        requireTls,
        key,
        ed25519,
        BrandWish.NONE);
  }
}

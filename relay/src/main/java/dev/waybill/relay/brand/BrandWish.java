package dev.waybill.relay.brand;

import org.jspecify.annotations.Nullable;

/// What an operator asks for, as typed and uploaded; [Brand#with] judges it.
///
/// @param displayName null leaves it as it is, an empty text takes it away
/// @param unsubscribeFooter the same
/// @param logo a picture's octets, not to be changed; null leaves it as it is, none at all take it
///   away
public record BrandWish(
    @Nullable String displayName, @Nullable String unsubscribeFooter, byte @Nullable [] logo) {
  /// Changes nothing.
  public static final BrandWish NONE = new BrandWish(null, null, null);
}

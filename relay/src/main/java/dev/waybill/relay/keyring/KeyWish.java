package dev.waybill.relay.keyring;

import dev.waybill.relay.dkim.SigningKey.Algorithm;
import org.jspecify.annotations.Nullable;

/// Which key an operator wants, as typed; [Keyring] judges it.
///
/// @param rsaBits the length of an RSA key that is to be made: 2048, 3072 or 4096; null for as
///   usual
/// @param pem an existing RSA private key in PEM (PKCS#1 or PKCS#8); null to make one
/// @param selector its selector; null for the next of our own
public record KeyWish(
    Algorithm algorithm,
    @Nullable Integer rsaBits,
    @Nullable String pem,
    @Nullable String selector) {
  /// An RSA key as usual.
  public static final KeyWish USUAL = new KeyWish(Algorithm.RSA_SHA256, null, null, null);

  /// An Ed25519 key.
  public static final KeyWish ED25519 = new KeyWish(Algorithm.ED25519_SHA256, null, null, null);

  /// Whether any key of the algorithm does.
  boolean isAny() {
    return rsaBits == null && pem == null && selector == null;
  }

  @Override
  public String toString() {
    return "KeyWish[%s, %s bits, selector %s]".formatted(algorithm, rsaBits, selector);
  }
}

package dev.waybill.relay.dkim;

import java.security.PrivateKey;
import java.util.Objects;

/// A private key and where its public half is published.
///
/// @param selector the `s=` tag: `wb1` is published at `wb1._domainkey.<domain>`
/// @param algorithm what the key is
/// @param privateKey the key itself; never logged
public record SigningKey(String selector, Algorithm algorithm, PrivateKey privateKey) {
  /// The signing algorithms of RFC 6376 §3.3.1 and RFC 8463.
  public enum Algorithm {
    RSA_SHA256,
    ED25519_SHA256
  }

  public SigningKey {
    Objects.requireNonNull(selector, "selector");
    Objects.requireNonNull(algorithm, "algorithm");
    Objects.requireNonNull(privateKey, "privateKey");
  }

  @Override
  public String toString() {
    return "SigningKey[" + selector + ", " + algorithm + "]";
  }
}

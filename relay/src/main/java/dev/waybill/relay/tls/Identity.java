package dev.waybill.relay.tls;

import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.util.List;

/// Certificates, the server's own first, and the key of that one.
record Identity(List<X509Certificate> chain, PrivateKey key) {
  Identity {
    chain = List.copyOf(chain);
    if (chain.isEmpty()) {
      throw new IllegalArgumentException("no certificate (expected: at least one)");
    }
  }

  X509Certificate own() {
    return chain.getFirst();
  }

  /// Never shows the key.
  @Override
  public String toString() {
    return "%s, valid until %s"
        .formatted(own().getSubjectX500Principal(), own().getNotAfter().toInstant());
  }
}

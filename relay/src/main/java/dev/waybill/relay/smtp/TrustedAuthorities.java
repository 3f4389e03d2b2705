package dev.waybill.relay.smtp;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.util.Optional;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/// Whom certificates of public hosts are checked against. Stateless.
public final class TrustedAuthorities {
  private TrustedAuthorities() {}

  /// Checks chains and names in the way of the Java runtime.
  ///
  /// @param trusted a PEM file of certificate authorities; empty for those of the Java runtime
  /// @throws IllegalArgumentException when the file cannot be used
  public static X509ExtendedTrustManager of(Optional<Path> trusted) {
    try {
      TrustManagerFactory factory =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      factory.init(authorities(trusted));
      for (TrustManager manager : factory.getTrustManagers()) {
        if (manager instanceof X509ExtendedTrustManager extended) {
          return extended;
        }
      }
      throw new GeneralSecurityException("no X.509 trust manager");
    } catch (GeneralSecurityException | IOException unusable) {
      throw new IllegalArgumentException(
          "trusted certificates %s (expected: a readable PEM file)"
              .formatted(trusted.map(Path::toString).orElse("of the Java runtime")),
          unusable);
    }
  }

  private static @Nullable KeyStore authorities(Optional<Path> trusted)
      throws GeneralSecurityException, IOException {
    if (trusted.isEmpty()) {
      return null;
    }
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    try (InputStream pem = Files.newInputStream(trusted.get())) {
      int count = 0;
      for (Certificate authority :
          CertificateFactory.getInstance("X.509").generateCertificates(pem)) {
        store.setCertificateEntry("authority-" + count++, authority);
      }
      if (count == 0) {
        throw new CertificateException("no certificate in " + trusted.get());
      }
    }
    return store;
  }
}

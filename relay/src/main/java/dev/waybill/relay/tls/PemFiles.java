package dev.waybill.relay.tls;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.spec.InvalidKeySpecException;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;

/// The operator's certificates and their key, as `certbot` and its like leave them. Stateless.
final class PemFiles {
  private static final String BEGIN = "-----BEGIN PRIVATE KEY-----";
  private static final String END = "-----END PRIVATE KEY-----";

  private PemFiles() {}

  /// @param chain PEM certificates, the server's own first
  /// @param key a PEM PKCS#8 key, RSA or elliptic curve, without a password
  /// @throws IllegalArgumentException when a file is not what it should be; names file and
  ///   expectation
  /// @throws IOException when a file cannot be read
  static Identity read(Path chain, Path key) throws IOException {
    try (InputStream pem = Files.newInputStream(chain)) {
      List<X509Certificate> certificates =
          CertificateFactory.getInstance("X.509").generateCertificates(pem).stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (certificates.isEmpty()) {
        throw new IllegalArgumentException(chain + " (expected: PEM certificates)");
      }
      PrivateKey privateKey = privateKey(key);
      requirePair(chain, key, certificates.getFirst().getPublicKey(), privateKey);
      return new Identity(certificates, privateKey);
    } catch (GeneralSecurityException unreadable) {
      throw new IllegalArgumentException(
          "%s, %s (expected: PEM certificates and their key)".formatted(chain, key), unreadable);
    }
  }

  private static PrivateKey privateKey(Path file) throws IOException, GeneralSecurityException {
    String pem = Files.readString(file);
    int begin = pem.indexOf(BEGIN);
    int end = pem.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IllegalArgumentException(
          file + " (expected: a PKCS#8 key; convert with: openssl pkcs8 -topk8 -nocrypt)");
    }
    byte[] octets = Base64.getMimeDecoder().decode(pem.substring(begin + BEGIN.length(), end));
    for (String algorithm : List.of("RSA", "EC")) {
      try {
        return KeyFactory.getInstance(algorithm).generatePrivate(new PKCS8EncodedKeySpec(octets));
      } catch (InvalidKeySpecException _) {
        // the next algorithm may know it
      }
    }
    throw new IllegalArgumentException(file + " (expected: an RSA or elliptic curve key)");
  }

  private static void requirePair(Path chain, Path file, PublicKey known, PrivateKey key)
      throws GeneralSecurityException {
    String algorithm = key.getAlgorithm().equals("RSA") ? "SHA256withRSA" : "SHA256withECDSA";
    byte[] probe = {1, 2, 3};
    if (known.getAlgorithm().equals(key.getAlgorithm())) {
      Signature signature = Signature.getInstance(algorithm);
      signature.initSign(key);
      signature.update(probe);
      byte[] signed = signature.sign();
      signature.initVerify(known);
      signature.update(probe);
      if (signature.verify(signed)) {
        return;
      }
    }
    throw new IllegalArgumentException(
        "%s (expected: the key of the first certificate in %s)".formatted(file, chain));
  }
}

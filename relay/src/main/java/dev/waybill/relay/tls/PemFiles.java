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
  /// @throws IllegalArgumentException when a file is not what it should be or the key is not that
  ///   of the certificate; names file and expectation
  /// @throws IOException when a file cannot be read
  static Identity read(Path chain, Path key) throws IOException {
    Identity identity = readPair(chain, key);
    try {
      requirePair(chain, key, identity.own().getPublicKey(), identity.key());
      return identity;
    } catch (GeneralSecurityException unusable) {
      throw new IllegalArgumentException(pairExpected(chain, key), unusable);
    }
  }

  /// As [#read], of files that are known to be a pair: to make sure costs a start some time.
  static Identity readPair(Path chain, Path key) throws IOException {
    try (InputStream pem = Files.newInputStream(chain)) {
      List<X509Certificate> certificates =
          CertificateFactory.getInstance("X.509").generateCertificates(pem).stream()
              .map(X509Certificate.class::cast)
              .toList();
      if (certificates.isEmpty()) {
        throw new IllegalArgumentException(chain + " (expected: PEM certificates)");
      }
      String algorithm = certificates.getFirst().getPublicKey().getAlgorithm();
      if (!algorithm.equals("RSA") && !algorithm.equals("EC")) {
        throw new IllegalArgumentException(
            "%s: %s (expected: a certificate for an RSA or elliptic curve key)"
                .formatted(chain, algorithm));
      }
      PKCS8EncodedKeySpec octets = new PKCS8EncodedKeySpec(pkcs8(key));
      return new Identity(certificates, KeyFactory.getInstance(algorithm).generatePrivate(octets));
    } catch (InvalidKeySpecException other) {
      throw new IllegalArgumentException(pairExpected(chain, key), other);
    } catch (GeneralSecurityException unreadable) {
      throw new IllegalArgumentException(chain + " (expected: PEM certificates)", unreadable);
    }
  }

  private static byte[] pkcs8(Path file) throws IOException {
    String pem = Files.readString(file);
    int begin = pem.indexOf(BEGIN);
    int end = pem.indexOf(END);
    if (begin < 0 || end < begin) {
      throw new IllegalArgumentException(
          file + " (expected: a PKCS#8 key; convert with: openssl pkcs8 -topk8 -nocrypt)");
    }
    return Base64.getMimeDecoder().decode(pem.substring(begin + BEGIN.length(), end));
  }

  private static String pairExpected(Path chain, Path key) {
    return "%s (expected: the key of the first certificate in %s)".formatted(key, chain);
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
    throw new IllegalArgumentException(pairExpected(chain, file));
  }
}

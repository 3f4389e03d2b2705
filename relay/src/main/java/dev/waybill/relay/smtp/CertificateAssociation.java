package dev.waybill.relay.smtp;

import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.security.cert.CertificateEncodingException;
import java.security.cert.X509Certificate;
import java.util.HexFormat;
import java.util.Locale;
import java.util.Optional;

/// One usable TLSA record (RFC 6698 §2.1) as mail needs it: usages 2 and 3 only (RFC 7672 §3.1.3).
/// A value; any thread may use it.
///
/// @param data the record's data in lower-case hexadecimal
public record CertificateAssociation(
    Usage usage, Selector selector, Matching matching, String data) {
  /// Whose certificate it is.
  public enum Usage {
    /// DANE-TA: of an authority that signs the host's.
    AUTHORITY,
    /// DANE-EE: of the host itself; neither names nor dates in it count (RFC 7672 §3.1.1).
    HOST
  }

  /// Which part of the certificate it speaks of.
  public enum Selector {
    WHOLE,
    PUBLIC_KEY
  }

  /// How the part is compared.
  public enum Matching {
    EXACT,
    SHA_256,
    SHA_512
  }

  public CertificateAssociation {
    HexFormat.of().parseHex(data);
    data = data.toLowerCase(Locale.ROOT);
  }

  /// Reads a record's fields.
  ///
  /// @return empty when the record cannot be used: an unknown value, a usage that mail does not
  ///   know, or a digest of the wrong length
  public static Optional<CertificateAssociation> of(
      int usage, int selector, int matching, byte[] data) {
    boolean known =
        (usage == 2 || usage == 3)
            && (selector == 0 || selector == 1)
            && matching >= 0
            && matching <= 2
            && data.length > 0
            && (matching == 0 || data.length == (matching == 1 ? 32 : 64));
    return known
        ? Optional.of(
            new CertificateAssociation(
                usage == 2 ? Usage.AUTHORITY : Usage.HOST,
                Selector.values()[selector],
                Matching.values()[matching],
                HexFormat.of().formatHex(data)))
        : Optional.empty();
  }

  /// Whether the record speaks of this certificate.
  boolean matches(X509Certificate certificate) throws CertificateEncodingException {
    byte[] part =
        switch (selector) {
          case WHOLE -> certificate.getEncoded();
          case PUBLIC_KEY -> certificate.getPublicKey().getEncoded();
        };
    byte[] compared =
        switch (matching) {
          case EXACT -> part;
          case SHA_256 -> digest("SHA-256", part);
          case SHA_512 -> digest("SHA-512", part);
        };
    return MessageDigest.isEqual(compared, octets());
  }

  /// The record's data.
  byte[] octets() {
    return HexFormat.of().parseHex(data);
  }

  private static byte[] digest(String algorithm, byte[] part) {
    try {
      return MessageDigest.getInstance(algorithm).digest(part);
    } catch (NoSuchAlgorithmException missing) {
      throw new IllegalStateException(missing);
    }
  }
}

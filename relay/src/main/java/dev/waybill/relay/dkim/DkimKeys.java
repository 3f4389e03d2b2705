package dev.waybill.relay.dkim;

import java.io.ByteArrayOutputStream;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.NoSuchAlgorithmException;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.Signature;
import java.security.interfaces.RSAPrivateCrtKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.security.spec.RSAPublicKeySpec;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;

/// Makes and reads the keys that sign.
///
/// Pure but for the chance it draws; any thread may use it.
public final class DkimKeys {
  /// The longest PEM text that is read, in characters.
  public static final int MAX_PEM = 64 * 1024;

  /// The length of an RSA key where nobody asks for another (RFC 8301 §3.2).
  public static final int USUAL_RSA_BITS = 2048;

  /// The length of every Ed25519 key.
  public static final int ED25519_BITS = 256;

  private static final List<Integer> RSA_BITS = List.of(USUAL_RSA_BITS, 3072, 4096);
  private static final int MIN_RSA_BITS = 1024;
  private static final int MAX_RSA_BITS = 4096;
  private static final String PKCS8 = "PRIVATE KEY";
  private static final String PKCS1 = "RSA PRIVATE KEY";

  /// version 0 and the algorithm rsaEncryption without parameters (RFC 5208 §5, RFC 8017 §A.1)
  private static final byte[] RSA_ALGORITHM =
      HexFormat.of().parseHex("020100300d06092a864886f70d0101010500");

  private DkimKeys() {}

  /// A new RSA key of 2048 bits.
  public static KeyPair generateRsa() {
    return generateRsa(USUAL_RSA_BITS);
  }

  /// A new RSA key; 2048 bits take tenths of a second, 4096 take seconds.
  ///
  /// @param bits 2048, 3072 or 4096
  /// @throws IllegalArgumentException with words for the operator for another length
  public static KeyPair generateRsa(int bits) {
    if (!RSA_BITS.contains(bits)) {
      throw new IllegalArgumentException(
          "dkim_rsa_bits: %d (expected: 2048, 3072 or 4096)".formatted(bits));
    }
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(bits);
      return generator.generateKeyPair();
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java runtime has RSA", impossible);
    }
  }

  /// A new Ed25519 key (RFC 8463 §4).
  public static KeyPair generateEd25519() {
    try {
      return KeyPairGenerator.getInstance("Ed25519").generateKeyPair();
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every Java runtime has Ed25519", impossible);
    }
  }

  /// Reads an RSA private key in PEM (RFC 7468), PKCS#1 or PKCS#8, and derives its public half.
  ///
  /// @param pem at most [#MAX_PEM] characters with one key in them; text around it is ignored
  /// @throws IllegalArgumentException with a text for the operator when it is not an unencrypted
  ///   RSA key of 1024 to 4096 bits; the text never quotes the key
  public static KeyPair fromPem(String pem) {
    if (pem.length() > MAX_PEM) {
      throw new IllegalArgumentException(
          "the key file has %d characters (expected: at most %d)".formatted(pem.length(), MAX_PEM));
    }
    int begin = pem.indexOf("-----BEGIN ");
    int labelEnd = begin < 0 ? -1 : pem.indexOf("-----", begin + 11);
    if (labelEnd < 0) {
      throw new IllegalArgumentException(
          "no \"-----BEGIN PRIVATE KEY-----\" line (expected: an RSA private key in PEM)");
    }
    String label = pem.substring(begin + 11, labelEnd);
    int end = pem.indexOf("-----END " + label + "-----", labelEnd);
    if (!label.equals(PKCS8) && !label.equals(PKCS1)) {
      throw new IllegalArgumentException(unwelcome(label));
    }
    if (end < 0) {
      throw new IllegalArgumentException(
          "the key is cut: \"-----END %s-----\" is missing".formatted(label));
    }
    byte[] der = base64(pem.substring(labelEnd + 5, end));
    return rsa(label.equals(PKCS1) ? pkcs8(der) : der);
  }

  /// The key in PKCS#8, for keeping it sealed.
  public static byte[] toPkcs8(PrivateKey key) {
    byte[] encoded = key.getEncoded();
    if (encoded == null || !"PKCS#8".equals(key.getFormat())) {
      throw new IllegalArgumentException(
          "a %s key in format %s (expected: PKCS#8)"
              .formatted(key.getAlgorithm(), key.getFormat()));
    }
    return encoded;
  }

  /// Reads what [#toPkcs8] gave.
  ///
  /// @throws IllegalArgumentException when it is no such key
  public static PrivateKey fromPkcs8(byte[] pkcs8, SigningKey.Algorithm algorithm) {
    try {
      return KeyFactory.getInstance(
              switch (algorithm) {
                case RSA_SHA256 -> "RSA";
                case ED25519_SHA256 -> "Ed25519";
              })
          .generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (GeneralSecurityException malformed) {
      throw new IllegalArgumentException("no PKCS#8 key for " + algorithm, malformed);
    }
  }

  /// The public half of an RSA private key.
  ///
  /// @throws IllegalArgumentException when the key does not carry its public exponent
  public static PublicKey publicKey(PrivateKey key) {
    if (!(key instanceof RSAPrivateCrtKey rsa)) {
      throw new IllegalArgumentException(
          "a %s key without its public half (expected: an RSA key with all its numbers)"
              .formatted(key.getAlgorithm()));
    }
    try {
      return KeyFactory.getInstance("RSA")
          .generatePublic(new RSAPublicKeySpec(rsa.getModulus(), rsa.getPublicExponent()));
    } catch (GeneralSecurityException malformed) {
      throw new IllegalArgumentException("the RSA key's numbers make no public key", malformed);
    }
  }

  private static String unwelcome(String label) {
    String expected = " (expected: PRIVATE KEY or RSA PRIVATE KEY)";
    return switch (label) {
      case "ENCRYPTED PRIVATE KEY" ->
          "the key is protected by a passphrase"
              + " (expected: without, as `openssl pkey -in key.pem` writes it)";
      case "PUBLIC KEY", "RSA PUBLIC KEY" -> "this is the public half of a key" + expected;
      case "CERTIFICATE" -> "this is a certificate" + expected;
      case "EC PRIVATE KEY", "DSA PRIVATE KEY", "OPENSSH PRIVATE KEY" ->
          "this is an " + label + ", which DKIM cannot use" + expected;
      default -> "the PEM text holds an unknown kind of object" + expected;
    };
  }

  private static byte[] base64(String text) {
    StringBuilder digits = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c == ':') {
        throw new IllegalArgumentException(
            "the key has PEM headers, so it is probably protected by a passphrase"
                + " (expected: an unprotected key)");
      }
      if (c > ' ') {
        digits.append(c);
      }
    }
    try {
      return Base64.getDecoder().decode(digits.toString());
    } catch (IllegalArgumentException malformed) {
      throw new IllegalArgumentException(
          "the text between the BEGIN and END lines is not base64", malformed);
    }
  }

  private static KeyPair rsa(byte[] pkcs8) {
    PrivateKey key;
    try {
      key = KeyFactory.getInstance("RSA").generatePrivate(new PKCS8EncodedKeySpec(pkcs8));
    } catch (GeneralSecurityException malformed) {
      throw new IllegalArgumentException(
          "the PEM text holds no readable RSA private key (expected: RSA of %d bits or more)"
              .formatted(MIN_RSA_BITS),
          malformed);
    }
    PublicKey publicKey = publicKey(key);
    int bits = ((RSAPrivateCrtKey) key).getModulus().bitLength();
    if (bits < MIN_RSA_BITS || bits > MAX_RSA_BITS) {
      throw new IllegalArgumentException(
          "an RSA key of %d bits (expected: %d to %d, better %d; RFC 8301)"
              .formatted(bits, MIN_RSA_BITS, MAX_RSA_BITS, USUAL_RSA_BITS));
    }
    proveMatch(key, publicKey);
    return new KeyPair(publicKey, key);
  }

  /// A damaged key signs without complaint, and every signature would then fail elsewhere.
  private static void proveMatch(PrivateKey key, PublicKey publicKey) {
    try {
      byte[] probe = {1};
      Signature signature = Signature.getInstance("SHA256withRSA");
      signature.initSign(key);
      signature.update(probe);
      byte[] signed = signature.sign();
      signature.initVerify(publicKey);
      signature.update(probe);
      if (signature.verify(signed)) {
        return;
      }
    } catch (GeneralSecurityException damaged) {
      throw new IllegalArgumentException("the RSA key is damaged: it cannot sign", damaged);
    }
    throw new IllegalArgumentException(
        "the RSA key is damaged: its public half does not verify what it signs");
  }

  /// Wraps an RSAPrivateKey (RFC 8017 §A.1.2) into a PrivateKeyInfo (RFC 5208 §5).
  private static byte[] pkcs8(byte[] pkcs1) {
    ByteArrayOutputStream inner = new ByteArrayOutputStream();
    inner.writeBytes(RSA_ALGORITHM);
    derElement(inner, 0x04, pkcs1);
    ByteArrayOutputStream outer = new ByteArrayOutputStream();
    derElement(outer, 0x30, inner.toByteArray());
    return outer.toByteArray();
  }

  private static void derElement(ByteArrayOutputStream into, int tag, byte[] content) {
    into.write(tag);
    if (content.length < 0x80) {
      into.write(content.length);
    } else {
      int octets = (39 - Integer.numberOfLeadingZeros(content.length)) / 8;
      into.write(0x80 | octets);
      for (int i = octets - 1; i >= 0; i--) {
        into.write(content.length >>> (8 * i));
      }
    }
    into.writeBytes(content);
  }
}

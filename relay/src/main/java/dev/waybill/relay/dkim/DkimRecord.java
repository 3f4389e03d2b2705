package dev.waybill.relay.dkim;

import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.PublicKey;
import java.security.interfaces.EdECPublicKey;
import java.security.interfaces.RSAPublicKey;
import java.security.spec.X509EncodedKeySpec;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;

/// A DKIM key as DNS publishes it: `v=DKIM1; k=rsa; p=…` (RFC 6376 §3.6.1, RFC 8463 §4).
///
/// Immutable; any thread may use it. Two records stand for the same key when their public keys are
/// equal, however their texts are written.
///
/// @param publicKey an RSA or Ed25519 key
/// @param testing whether `t=y` asks verifiers to treat the mail as unsigned when it fails
public record DkimRecord(PublicKey publicKey, boolean testing) {
  private static final int MAX_TEXT = 8 * 1024;
  private static final int MIN_RSA_BITS = 1024;
  private static final int ED25519_KEY = 32;

  /// What precedes the 32 octets in a SubjectPublicKeyInfo (RFC 8410 §4).
  private static final byte[] ED25519_PREFIX = HexFormat.of().parseHex("302a300506032b6570032100");

  /// What a TXT record says.
  public sealed interface Parsed {}

  /// A usable key.
  public record Key(DkimRecord record) implements Parsed {}

  /// An empty `p=`: the key was withdrawn.
  public record Revoked() implements Parsed {}

  /// Nothing that a verifier could use.
  ///
  /// @param problem what is wrong, for the domain's owner
  public record Malformed(String problem) implements Parsed {}

  public DkimRecord {
    Objects.requireNonNull(publicKey, "publicKey");
    if (!(publicKey instanceof RSAPublicKey) && !(publicKey instanceof EdECPublicKey)) {
      throw new IllegalArgumentException(
          "a %s key (expected: RSA or Ed25519)".formatted(publicKey.getAlgorithm()));
    }
  }

  /// The record to publish for a key.
  ///
  /// @throws IllegalArgumentException when it is neither RSA nor Ed25519
  public static DkimRecord of(PublicKey publicKey) {
    return new DkimRecord(publicKey, false);
  }

  /// The TXT value in one piece; DNS carries it in strings of at most 255 octets.
  public String text() {
    byte[] encoded = publicKey.getEncoded();
    String type = "rsa";
    if (publicKey instanceof EdECPublicKey) {
      encoded = Arrays.copyOfRange(encoded, encoded.length - ED25519_KEY, encoded.length);
      type = "ed25519";
    }
    return "v=DKIM1; k=%s;%s p=%s"
        .formatted(type, testing ? " t=y;" : "", Base64.getEncoder().encodeToString(encoded));
  }

  /// Reads a published TXT value, its strings joined without anything between them.
  public static Parsed parse(String txt) {
    if (txt.length() > MAX_TEXT) {
      return new Malformed(
          "the record has %d characters (expected: at most %d)".formatted(txt.length(), MAX_TEXT));
    }
    if (txt.indexOf('"') >= 0) {
      return new Malformed(
          "the value contains quotation marks, which became part of the record;"
              + " publish it without them");
    }
    Map<String, String> tags = new HashMap<>();
    for (String tag : txt.split(";", -1)) {
      int equals = tag.indexOf('=');
      if (equals < 0) {
        if (tag.isBlank()) {
          continue;
        }
        return new Malformed("\"%s\" is not a tag (expected: name=value)".formatted(shown(tag)));
      }
      String name = tag.substring(0, equals).strip();
      if (tags.put(name, tag.substring(equals + 1).strip()) != null) {
        return new Malformed(
            "the tag %s= stands twice; two records may have been joined".formatted(shown(name)));
      }
    }
    return read(tags);
  }

  private static Parsed read(Map<String, String> tags) {
    String version = tags.getOrDefault("v", "DKIM1");
    if (!version.equals("DKIM1")) {
      return new Malformed("v=%s (expected: v=DKIM1)".formatted(shown(version)));
    }
    String key = tags.get("p");
    if (key == null) {
      return new Malformed("there is no p= tag (expected: the public key in base64)");
    }
    String digits = withoutBlanks(key);
    if (digits.isEmpty()) {
      return new Revoked();
    }
    String hashes = tags.getOrDefault("h", "sha256");
    if (!lists(hashes, "sha256")) {
      return new Malformed("h=%s leaves out sha256".formatted(shown(hashes)));
    }
    String services = tags.getOrDefault("s", "*");
    if (!lists(services, "*") && !lists(services, "email")) {
      return new Malformed("s=%s leaves out email".formatted(shown(services)));
    }
    byte[] octets;
    try {
      octets = Base64.getDecoder().decode(digits);
    } catch (IllegalArgumentException malformed) {
      return new Malformed("p= is not base64; the key may be cut or altered");
    }
    boolean testing = lists(tags.getOrDefault("t", ""), "y");
    String type = tags.getOrDefault("k", "rsa").toLowerCase(Locale.ROOT);
    return switch (type) {
      case "rsa" -> rsa(octets, testing);
      case "ed25519" -> ed25519(octets, testing);
      default -> new Malformed("k=%s (expected: rsa or ed25519)".formatted(shown(type)));
    };
  }

  private static Parsed rsa(byte[] octets, boolean testing) {
    try {
      PublicKey key = KeyFactory.getInstance("RSA").generatePublic(new X509EncodedKeySpec(octets));
      int bits = ((RSAPublicKey) key).getModulus().bitLength();
      if (bits < MIN_RSA_BITS) {
        return new Malformed(
            "p= is an RSA key of %d bits (expected: %d or more; RFC 8301)"
                .formatted(bits, MIN_RSA_BITS));
      }
      return new Key(new DkimRecord(key, testing));
    } catch (GeneralSecurityException malformed) {
      return new Malformed(
          "p= is no RSA public key; it may be cut (long values need several strings)");
    }
  }

  private static Parsed ed25519(byte[] octets, boolean testing) {
    if (octets.length != ED25519_KEY) {
      return new Malformed(
          "p= has %d octets (expected: the %d of an Ed25519 key)"
              .formatted(octets.length, ED25519_KEY));
    }
    byte[] encoded = Arrays.copyOf(ED25519_PREFIX, ED25519_PREFIX.length + ED25519_KEY);
    System.arraycopy(octets, 0, encoded, ED25519_PREFIX.length, ED25519_KEY);
    try {
      PublicKey key =
          KeyFactory.getInstance("Ed25519").generatePublic(new X509EncodedKeySpec(encoded));
      return new Key(new DkimRecord(key, testing));
    } catch (GeneralSecurityException malformed) {
      return new Malformed("p= is no Ed25519 public key");
    }
  }

  private static boolean lists(String value, String wanted) {
    return List.of(withoutBlanks(value).split(":", -1)).contains(wanted);
  }

  private static String withoutBlanks(String text) {
    StringBuilder kept = new StringBuilder(text.length());
    for (int i = 0; i < text.length(); i++) {
      if (!Character.isWhitespace(text.charAt(i))) {
        kept.append(text.charAt(i));
      }
    }
    return kept.toString();
  }

  /// What others published, short and printable enough for a message.
  private static String shown(String text) {
    String printable = text.strip().replaceAll("[^\\x20-\\x7E]", "?");
    return printable.length() > 60 ? printable.substring(0, 60) + "…" : printable;
  }
}

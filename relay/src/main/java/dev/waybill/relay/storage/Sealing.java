package dev.waybill.relay.storage;

import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;
import javax.crypto.Cipher;
import javax.crypto.KDF;
import javax.crypto.SecretKey;
import javax.crypto.spec.GCMParameterSpec;
import javax.crypto.spec.HKDFParameterSpec;
import javax.crypto.spec.SecretKeySpec;

/// Seals secrets that rest in the database, so that a copy of it alone gives none of them away.
///
/// Any thread may use it. Each context has a key of its own, derived from the master key with
/// HKDF-SHA256 (RFC 5869), and a secret is sealed with AES-256-GCM (NIST SP 800-38D) under a random
/// nonce. What was sealed for one context does not open in another, so rows cannot be swapped.
///
/// A sealed value is a format byte, the nonce of 12 bytes, the ciphertext and the tag of 16 bytes.
public final class Sealing {
  private static final int MIN_MASTER_KEY = 32;
  private static final byte FORMAT = 1;
  private static final int NONCE = 12;
  private static final int TAG = 16;
  private static final String CIPHER = "AES/GCM/NoPadding";

  /// The newest first: it seals, and the others only open.
  private final List<SecretKey> masterKeys;

  /// @param masterKey at least 32 unpredictable bytes
  /// @throws IllegalArgumentException when it is shorter
  public Sealing(byte[] masterKey) {
    this(masterKey, List.of());
  }

  /// @param masterKey at least 32 unpredictable bytes; seals
  /// @param older those that secrets may still be sealed with
  /// @throws IllegalArgumentException when one is shorter
  public Sealing(byte[] masterKey, List<byte[]> older) {
    List<SecretKey> all = new ArrayList<>();
    all.add(secretKey(masterKey));
    older.forEach(each -> all.add(secretKey(each)));
    this.masterKeys = List.copyOf(all);
  }

  /// Seals a secret; the same secret sealed twice looks different.
  ///
  /// @param context what the secret is and whose, such as `dkim-key 0197…`; needed to unseal it
  public byte[] seal(byte[] plain, String context) {
    try {
      Cipher cipher = Cipher.getInstance(CIPHER);
      // without parameters the cipher draws a fresh random nonce itself
      cipher.init(Cipher.ENCRYPT_MODE, key(masterKeys.getFirst(), context));
      cipher.updateAAD(octets(context));
      byte[] nonce = cipher.getIV();
      byte[] sealed = new byte[1 + NONCE + plain.length + TAG];
      sealed[0] = FORMAT;
      System.arraycopy(nonce, 0, sealed, 1, NONCE);
      cipher.doFinal(plain, 0, plain.length, sealed, 1 + NONCE);
      return sealed;
    } catch (GeneralSecurityException failure) {
      throw new IllegalStateException("this Java runtime cannot do " + CIPHER, failure);
    }
  }

  /// Opens what [#seal] made for the same context under the same master key or an older one.
  ///
  /// @throws StorageException when the value was altered, belongs to another context or was sealed
  ///   with another master key
  public byte[] unseal(byte[] sealed, String context) {
    GeneralSecurityException failure = null;
    for (SecretKey masterKey : masterKeys) {
      try {
        return unseal(masterKey, sealed, context);
      } catch (GeneralSecurityException wrong) {
        failure = wrong;
      }
    }
    throw new StorageException(
        "the secret \"%s\" cannot be opened (expected: the secrets.master-key it was sealed with)"
            .formatted(context),
        Objects.requireNonNull(failure));
  }

  /// Whether secrets may still be sealed with an older master key.
  public boolean hasOlder() {
    return masterKeys.size() > 1;
  }

  /// Whether the value opens with the newest master key, so that it need not be sealed afresh.
  public boolean isNewest(byte[] sealed, String context) {
    try {
      Arrays.fill(unseal(masterKeys.getFirst(), sealed, context), (byte) 0);
      return true;
    } catch (GeneralSecurityException _) {
      return false;
    }
  }

  private static byte[] unseal(SecretKey masterKey, byte[] sealed, String context)
      throws GeneralSecurityException {
    if (sealed.length < 1 + NONCE + TAG || sealed[0] != FORMAT) {
      throw new GeneralSecurityException("%d bytes are no sealed value".formatted(sealed.length));
    }
    Cipher cipher = Cipher.getInstance(CIPHER);
    cipher.init(
        Cipher.DECRYPT_MODE,
        key(masterKey, context),
        new GCMParameterSpec(TAG * 8, sealed, 1, NONCE));
    cipher.updateAAD(octets(context));
    return cipher.doFinal(sealed, 1 + NONCE, sealed.length - 1 - NONCE);
  }

  private static SecretKey secretKey(byte[] masterKey) {
    if (masterKey.length < MIN_MASTER_KEY) {
      throw new IllegalArgumentException(
          "master key of %d bytes (expected: %d or more)"
              .formatted(masterKey.length, MIN_MASTER_KEY));
    }
    return new SecretKeySpec(masterKey, "HKDF");
  }

  private static SecretKey key(SecretKey masterKey, String context)
      throws GeneralSecurityException {
    HKDFParameterSpec derivation =
        HKDFParameterSpec.ofExtract()
            .addIKM(masterKey)
            .thenExpand(octets("waybill sealing 1 " + context), 32);
    return KDF.getInstance("HKDF-SHA256").deriveKey("AES", derivation);
  }

  private static byte[] octets(String context) {
    return context.getBytes(StandardCharsets.UTF_8);
  }
}

package dev.waybill.relay.keyring;

import dev.waybill.relay.dkim.DkimKeys;
import dev.waybill.relay.dkim.DkimRecord;
import dev.waybill.relay.dkim.SigningKey;
import dev.waybill.relay.dkim.SigningKey.Algorithm;
import dev.waybill.relay.keyring.DomainKey.Role;
import dev.waybill.relay.storage.Sealing;
import java.security.KeyPair;
import java.security.interfaces.RSAPublicKey;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Collection;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// Makes, imports, seals and opens the signing keys of domains. Any thread may use it.
///
/// A private key leaves this class only as a [SigningKey], for the signer, or sealed for one domain
/// and one selector, for the database.
public final class Keyring {
  private final Sealing sealing;
  private final InstantSource clock;

  public Keyring(Sealing sealing, InstantSource clock) {
    this.sealing = sealing;
    this.clock = clock;
  }

  /// Makes or takes over the key that is wanted; making RSA takes tenths of a second, 4096 bits
  /// take seconds.
  ///
  /// @param known every key that the domain ever had
  /// @throws IllegalArgumentException with words for the operator when the wish cannot be met
  public DomainKey make(UUID domainId, KeyWish wish, Role role, Collection<DomainKey> known) {
    String selector = Selectors.choose(wish.selector(), wish.algorithm(), known);
    KeyPair pair = pair(wish);
    String context = context(domainId, selector);
    return new DomainKey(
        domainId,
        selector,
        wish.algorithm(),
        role,
        false,
        clock.instant(),
        null,
        DkimRecord.of(pair.getPublic()).text(),
        seal(DkimKeys.toPkcs8(pair.getPrivate()), context));
  }

  /// @throws dev.waybill.relay.storage.StorageException when it was sealed with another master key
  public SigningKey open(DomainKey key) {
    byte[] plain =
        sealing.unseal(
            Base64.getDecoder().decode(key.sealed()), context(key.domainId(), key.selector()));
    return new SigningKey(
        key.selector(), key.algorithm(), DkimKeys.fromPkcs8(plain, key.algorithm()));
  }

  /// Seals afresh what is sealed with an older master key.
  ///
  /// @return how many keys that were
  /// @throws dev.waybill.relay.storage.StorageException when no known master key opens one
  public int sealAfresh(Handle handle, DomainKeyStore rows) {
    if (!sealing.hasOlder()) {
      return 0;
    }
    int changed = 0;
    for (DomainKey key : rows.all(handle)) {
      DomainKey afresh = key.role() == Role.RETIRED ? key : sealedAfresh(key);
      if (!afresh.equals(key)) {
        rows.put(handle, afresh);
        changed++;
      }
    }
    return changed;
  }

  private DomainKey sealedAfresh(DomainKey key) {
    String context = context(key.domainId(), key.selector());
    byte[] sealed = Base64.getDecoder().decode(key.sealed());
    return sealing.isNewest(sealed, context)
        ? key
        : key.withSealed(seal(sealing.unseal(sealed, context), context));
  }

  /// The length of the key in bits: an RSA modulus, 256 for Ed25519.
  public static int bits(DomainKey key) {
    return DkimRecord.parse(key.published()) instanceof DkimRecord.Key(DkimRecord record)
            && record.publicKey() instanceof RSAPublicKey rsa
        ? rsa.getModulus().bitLength()
        : DkimKeys.ED25519_BITS;
  }

  private static KeyPair pair(KeyWish wish) {
    if (wish.algorithm() == Algorithm.ED25519_SHA256) {
      if (wish.rsaBits() != null || wish.pem() != null) {
        throw new IllegalArgumentException(
            "an Ed25519 key with a length or from a file (expected: one that is made here)");
      }
      return DkimKeys.generateEd25519();
    }
    if (wish.pem() == null) {
      return DkimKeys.generateRsa(
          wish.rsaBits() == null ? DkimKeys.USUAL_RSA_BITS : wish.rsaBits());
    }
    if (wish.rsaBits() != null) {
      throw new IllegalArgumentException(
          "dkim_rsa_bits: %d beside an existing key (expected: one of the two)"
              .formatted(wish.rsaBits()));
    }
    try {
      return DkimKeys.fromPem(wish.pem());
    } catch (IllegalArgumentException unusable) {
      throw new IllegalArgumentException("dkim_private_key: " + unusable.getMessage(), unusable);
    }
  }

  private String seal(byte[] plain, String context) {
    return Base64.getEncoder().encodeToString(sealing.seal(plain, context));
  }

  private static String context(UUID domainId, String selector) {
    return "dkim-key " + domainId + " " + selector;
  }
}

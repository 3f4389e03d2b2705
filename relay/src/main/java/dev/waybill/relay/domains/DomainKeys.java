package dev.waybill.relay.domains;

import dev.waybill.relay.dkim.DkimKeys;
import dev.waybill.relay.dkim.DkimRecord;
import dev.waybill.relay.dkim.SigningKey;
import dev.waybill.relay.storage.Sealing;
import java.security.KeyPair;
import java.util.Base64;
import java.util.UUID;

/// Makes, imports, seals and opens the signing keys of domains. Any thread may use it.
///
/// A private key leaves this class only as a [SigningKey], for the signer, or sealed for one domain
/// and one selector, for the database.
final class DomainKeys {
  private final Sealing sealing;

  DomainKeys(Sealing sealing) {
    this.sealing = sealing;
  }

  /// What a key is there for.
  enum Role {
    /// It signs.
    ACTIVE,
    /// It is published ahead, so that rotating to it needs no change in the DNS.
    STANDBY
  }

  /// A key as the database keeps it.
  ///
  /// @param published the text of its DNS record
  /// @param sealed the private half, sealed, in Base64
  record StoredKey(UUID domainId, String selector, Role role, String published, String sealed) {}

  /// Makes an RSA key of 2048 bits; takes tenths of a second.
  StoredKey generate(UUID domainId, String selector, Role role) {
    return store(domainId, selector, role, DkimKeys.generateRsa());
  }

  /// Takes over a key that its owner has published already.
  ///
  /// @throws IllegalArgumentException with words for the operator when it is no RSA key of 1024 to
  ///   4096 bits
  StoredKey importPem(UUID domainId, String selector, String pem) {
    return store(domainId, selector, Role.ACTIVE, DkimKeys.fromPem(pem));
  }

  /// @throws dev.waybill.relay.storage.StorageException when it was sealed with another master key
  SigningKey open(StoredKey key) {
    byte[] plain =
        sealing.unseal(
            Base64.getDecoder().decode(key.sealed()), context(key.domainId(), key.selector()));
    SigningKey.Algorithm algorithm = SigningKey.Algorithm.RSA_SHA256;
    return new SigningKey(key.selector(), algorithm, DkimKeys.fromPkcs8(plain, algorithm));
  }

  private StoredKey store(UUID domainId, String selector, Role role, KeyPair pair) {
    byte[] sealed = sealing.seal(DkimKeys.toPkcs8(pair.getPrivate()), context(domainId, selector));
    return new StoredKey(
        domainId,
        selector,
        role,
        DkimRecord.of(pair.getPublic()).text(),
        Base64.getEncoder().encodeToString(sealed));
  }

  private static String context(UUID domainId, String selector) {
    return "dkim-key " + domainId + " " + selector;
  }
}

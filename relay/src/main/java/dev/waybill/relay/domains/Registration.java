package dev.waybill.relay.domains;

import dev.waybill.relay.brand.BrandStore;
import dev.waybill.relay.dkim.SigningKey.Algorithm;
import dev.waybill.relay.domains.RegistrationRules.Judgement;
import dev.waybill.relay.keyring.DomainKey;
import dev.waybill.relay.keyring.DomainKey.Role;
import dev.waybill.relay.keyring.DomainKeyStore;
import dev.waybill.relay.keyring.KeyLife;
import dev.waybill.relay.keyring.KeyWish;
import dev.waybill.relay.keyring.Keyring;
import dev.waybill.relay.storage.Database;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;

/// Writes new domains with their first keys. Any thread may use it.
final class Registration {
  private final Database database;
  private final Keyring keyring;
  private final Verification verification;
  private final Domains.Surroundings surroundings;
  private final DomainNews news;
  private final DomainStore store = new DomainStore();
  private final BrandStore brands = new BrandStore();
  private final DomainKeyStore rows = new DomainKeyStore();

  Registration(
      Database database,
      Keyring keyring,
      Verification verification,
      Domains.Surroundings surroundings) {
    this.database = database;
    this.keyring = keyring;
    this.verification = verification;
    this.surroundings = surroundings;
    this.news = new DomainNews(surroundings);
  }

  /// @return empty when another node registered the same name in between
  /// @throws IllegalArgumentException with words for the operator when the wished key is not usable
  Optional<SendingDomain> register(Judgement.Fit fit, NewDomain request) {
    SendingDomain domain =
        new SendingDomain(
            surroundings.ids().next(),
            fit.name(),
            DomainStatus.NOT_STARTED,
            fit.returnPathLabel(),
            request.openTracking(),
            request.clickTracking(),
            fit.trackingSubdomain(),
            request.requireTls(),
            surroundings.clock().instant(),
            fit.brand());
    List<DomainKey> keys = firstKeys(domain, request);
    try {
      return Optional.of(database.durably(handle -> insert(handle, domain, keys, request)));
    } catch (UnableToExecuteStatementException failure) {
      if (DomainStore.isDuplicate(failure)) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  private List<DomainKey> firstKeys(SendingDomain domain, NewDomain request) {
    List<DomainKey> keys = new ArrayList<>();
    keys.add(keyring.make(domain.id(), request.key(), Role.ACTIVE, keys));
    KeyWish standby = new KeyWish(Algorithm.RSA_SHA256, request.key().rsaBits(), null, null);
    keys.add(keyring.make(domain.id(), standby, Role.STANDBY, keys));
    if (request.ed25519()) {
      DomainKey second = keyring.make(domain.id(), KeyWish.ED25519, Role.STANDBY, keys);
      keys.addAll(KeyLife.await(List.of(), second, domain.createdAt()));
    }
    return keys;
  }

  private SendingDomain insert(
      Handle handle, SendingDomain domain, List<DomainKey> keys, NewDomain request) {
    Instant firstCheck = verification.nextCheck(domain.status(), 0, false);
    store.insert(handle, domain, Objects.requireNonNull(firstCheck));
    brands.put(handle, domain.id(), domain.brand(), request.brand());
    keys.forEach(key -> rows.insert(handle, key));
    store.countRevision(handle);
    news.created(handle, domain);
    return domain;
  }
}

package dev.waybill.relay.domains;

import dev.waybill.relay.dkim.DkimKeys;
import dev.waybill.relay.dkim.SigningKey.Algorithm;
import dev.waybill.relay.dns.Lookup;
import dev.waybill.relay.dns.PublishedRecords;
import dev.waybill.relay.domains.RecordPlan.Planned;
import dev.waybill.relay.keyring.DomainKey;
import dev.waybill.relay.keyring.DomainKey.Role;
import dev.waybill.relay.keyring.DomainKeyStore;
import dev.waybill.relay.keyring.KeyLife;
import dev.waybill.relay.keyring.KeyLife.Sight;
import dev.waybill.relay.keyring.KeyWish;
import dev.waybill.relay.keyring.Keyring;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.storage.Database;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;

/// Lets keys follow what the DNS shows of them: who signs changes here and nowhere else. Any thread
/// may use it.
final class KeyWatch {
  private final Database database;
  private final Keyring keyring;
  private final PublishedRecords receivers;
  private final DomainNews news;
  private final Duration grace;
  private final DomainKeyStore rows = new DomainKeyStore();
  private final DomainStore store = new DomainStore();

  /// @param receivers what receivers see, older answers included
  /// @param grace how long a key stays published after its last signature
  KeyWatch(
      Database database,
      Keyring keyring,
      PublishedRecords receivers,
      DomainNews news,
      Duration grace) {
    this.database = database;
    this.keyring = keyring;
    this.receivers = receivers;
    this.news = news;
    this.grace = grace;
  }

  List<DomainKey> keys(UUID domainId) {
    return database.jdbi().withHandle(handle -> rows.of(handle, domainId));
  }

  /// What a look found of each key, by selector; blocking, outside any transaction.
  ///
  /// A key takes over only where receivers see it too: one of them may still remember that there
  /// was none.
  Map<String, Sight> sights(
      SendingDomain domain, List<DomainKey> keys, Map<Planned, Finding> findings) {
    Map<DomainName, Finding> byName = new HashMap<>();
    findings.forEach((planned, finding) -> byName.put(planned.record().name(), finding));
    Map<String, Sight> sights = new HashMap<>();
    for (DomainKey key : keys) {
      DomainName name = domain.name().child(RecordPlan.keyName(key));
      sights.put(
          key.selector(),
          switch (byName.get(name)) {
            case Finding.Right _ when !key.awaited() || reachesReceivers(key, name) -> Sight.SEEN;
            case Finding.Wrong _ -> Sight.DENIED;
            case null, default -> Sight.UNKNOWN;
          });
    }
    return sights;
  }

  private boolean reachesReceivers(DomainKey key, DomainName name) {
    return receivers.texts(name) instanceof Lookup.Found<String>(List<String> texts)
        && !texts.isEmpty()
        && DkimInspection.judge(texts, key.published()) instanceof Finding.Right;
  }

  /// Whether the keys are still those that were looked for.
  boolean isSame(Handle handle, UUID domainId, List<DomainKey> looked) {
    List<DomainKey> now = rows.of(handle, domainId);
    if (now.size() != looked.size()) {
      return false;
    }
    for (int i = 0; i < now.size(); i++) {
      if (!now.get(i).isSameState(looked.get(i))) {
        return false;
      }
    }
    return true;
  }

  /// Changes roles as the look asks for, within the caller's transaction.
  ///
  /// @return whether anything changed
  boolean settle(
      Handle handle,
      SendingDomain domain,
      List<DomainKey> keys,
      Map<String, Sight> sights,
      Instant now) {
    List<DomainKey> changed =
        KeyLife.afterLook(
            keys, key -> sights.getOrDefault(key.selector(), Sight.UNKNOWN), now, grace);
    return put(handle, domain, changed, "");
  }

  /// Makes the standby key that the last rotation used up; nothing where there is one.
  ///
  /// @return whether one was made
  boolean replenish(UUID domainId) {
    List<DomainKey> known = keys(domainId);
    Optional<DomainKey> active = KeyLife.in(known, Algorithm.RSA_SHA256, Role.ACTIVE);
    if (active.isEmpty() || KeyLife.in(known, Algorithm.RSA_SHA256, Role.STANDBY).isPresent()) {
      return false;
    }
    // an imported key may be shorter than what is made here
    int bits = Math.max(Keyring.bits(active.get()), DkimKeys.USUAL_RSA_BITS);
    KeyWish wish = new KeyWish(Algorithm.RSA_SHA256, bits, null, null);
    DomainKey fresh = keyring.make(domainId, wish, Role.STANDBY, known);
    return database.durably(handle -> {
      DomainStore.Row row = store.lock(handle, domainId).orElse(null);
      return row != null
          && isSame(handle, domainId, known)
          && put(handle, row.domain(), List.of(fresh), "for the next rotation");
    });
  }

  /// Destroys the domain's keys whose time is over.
  boolean destroyExpired(UUID domainId, Instant now) {
    return database.durably(handle -> {
      DomainStore.Row row = store.lock(handle, domainId).orElse(null);
      return row != null
          && put(
              handle,
              row.domain(),
              KeyLife.expired(rows.of(handle, domainId), now),
              "its record may leave the DNS");
    });
  }

  /// Writes changed keys and tells of each.
  ///
  /// @param why added to what is told; may be empty
  /// @return whether there were any
  boolean put(Handle handle, SendingDomain domain, List<DomainKey> changed, String why) {
    if (changed.isEmpty()) {
      return false;
    }
    List<String> told = new ArrayList<>();
    for (DomainKey key : changed) {
      rows.put(handle, key);
      told.add(described(key));
    }
    store.countRevision(handle);
    String reason = String.join("; ", told) + (why.isEmpty() ? "" : ": " + why);
    news.changed(handle, domain, "keys", reason);
    return true;
  }

  Keyring keyring() {
    return keyring;
  }

  Duration grace() {
    return grace;
  }

  private static String described(DomainKey key) {
    String what =
        switch (key.role()) {
          case ACTIVE -> "signs from now on";
          case STANDBY ->
              key.awaited() ? "signs as soon as it is seen in the DNS" : "is on standby";
          case RETIRING -> "signs no more and stays in the DNS until " + key.removableText();
          case RETIRED -> "is destroyed";
        };
    return "the key " + key.selector() + " " + what;
  }
}

package dev.waybill.relay.domains;

import dev.waybill.relay.dkim.SigningKey;
import dev.waybill.relay.keyring.DomainKey;
import dev.waybill.relay.keyring.DomainKey.Role;
import dev.waybill.relay.keyring.KeyLife;
import dev.waybill.relay.keyring.Keyring;
import dev.waybill.relay.message.DomainName;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.stream.Collectors;

/// All domains and opened signing keys as of one revision. Immutable; any thread.
final class DomainSnapshot {
  static final DomainSnapshot EMPTY = new DomainSnapshot(0, List.of(), Map.of(), Map.of());

  private static final Comparator<SendingDomain> AGE =
      Comparator.comparing(SendingDomain::createdAt).thenComparing(SendingDomain::id);

  private final long revision;
  private final Map<UUID, DomainStore.Row> rows;
  private final Map<String, SendingDomain> registered;
  private final List<SendingDomain> oldestFirst;
  private final Map<UUID, List<DomainKey>> stored;
  private final Map<UUID, List<Opened>> opened;

  /// A key beside the sealed text that it was opened from.
  private record Opened(String sealed, SigningKey key) {}

  private DomainSnapshot(
      long revision,
      List<DomainStore.Row> rows,
      Map<UUID, List<DomainKey>> stored,
      Map<UUID, List<Opened>> opened) {
    Map<UUID, DomainStore.Row> byId = new HashMap<>();
    Map<String, SendingDomain> byName = new HashMap<>();
    List<SendingDomain> all = new ArrayList<>();
    for (DomainStore.Row row : rows) {
      byId.put(row.domain().id(), row);
      if (!row.removed()) {
        byName.put(row.domain().name().value(), row.domain());
        all.add(row.domain());
      }
    }
    all.sort(AGE);
    this.revision = revision;
    this.rows = Map.copyOf(byId);
    this.registered = Map.copyOf(byName);
    this.oldestFirst = List.copyOf(all);
    this.stored = Map.copyOf(stored);
    this.opened = Map.copyOf(opened);
  }

  /// The next snapshot; keys that this one has opened are not opened again.
  ///
  /// @throws RuntimeException when a key cannot be opened
  DomainSnapshot next(DomainStore.Everything everything, Keyring keys) {
    Map<UUID, List<DomainKey>> stored = new HashMap<>();
    Map<UUID, List<Opened>> fresh = new HashMap<>();
    for (DomainKey key : everything.keys()) {
      stored.computeIfAbsent(key.domainId(), _ -> new ArrayList<>()).add(key);
      if (key.role() == Role.ACTIVE) {
        fresh
            .computeIfAbsent(key.domainId(), _ -> new ArrayList<>())
            .add(openedBefore(key).orElseGet(() -> new Opened(key.sealed(), keys.open(key))));
      }
    }
    stored.replaceAll((_, list) -> List.copyOf(list));
    fresh.replaceAll((_, list) ->
        list.stream().sorted(Comparator.comparing(each -> each.key().algorithm())).toList());
    return new DomainSnapshot(everything.revision(), everything.rows(), stored, fresh);
  }

  long revision() {
    return revision;
  }

  /// Walks from the name to its ancestors, cutting at dots only.
  Optional<SendingDomain> covering(DomainName name) {
    String rest = name.value();
    while (true) {
      SendingDomain found = registered.get(rest);
      int dot = rest.indexOf('.');
      if (found != null || dot < 0) {
        return Optional.ofNullable(found);
      }
      rest = rest.substring(dot + 1);
    }
  }

  Optional<SendingDomain> byName(DomainName name) {
    return Optional.ofNullable(registered.get(name.value()));
  }

  /// A removed domain too.
  Optional<SendingDomain> byId(UUID id) {
    return Optional.ofNullable(rows.get(id)).map(DomainStore.Row::domain);
  }

  boolean isRegistered(UUID id) {
    DomainStore.Row row = rows.get(id);
    return row != null && !row.removed();
  }

  List<SendingDomain> oldestFirst() {
    return oldestFirst;
  }

  /// Removed domains too.
  List<SendingDomain> everOldestFirst() {
    return rows.values().stream().map(DomainStore.Row::domain).sorted(AGE).toList();
  }

  /// When the domain was removed.
  Optional<Instant> removedAt(UUID id) {
    return Optional.ofNullable(rows.get(id)).map(DomainStore.Row::removedAt);
  }

  /// The domains with a key whose time is over.
  Set<UUID> withExpiredKeys(Instant now) {
    return stored.values().stream()
        .flatMap(List::stream)
        .filter(key -> KeyLife.isExpired(key, now))
        .map(DomainKey::domainId)
        .collect(Collectors.toSet());
  }

  List<DomainKey> storedKeys(UUID id) {
    return stored.getOrDefault(id, List.of());
  }

  List<SigningKey> signingKeys(UUID id) {
    return opened.getOrDefault(id, List.of()).stream().map(Opened::key).toList();
  }

  private Optional<Opened> openedBefore(DomainKey key) {
    return opened.getOrDefault(key.domainId(), List.of()).stream()
        .filter(before -> before.sealed().equals(key.sealed()))
        .findFirst();
  }
}

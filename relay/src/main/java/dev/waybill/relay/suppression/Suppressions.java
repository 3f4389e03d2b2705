package dev.waybill.relay.suppression;

import dev.waybill.relay.clock.TimeOrderedIds;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.Dialect;
import dev.waybill.relay.streams.Stream;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;
import java.util.UUID;
import java.util.function.BiConsumer;
import java.util.function.Consumer;
import java.util.function.Function;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;

/// The suppression list. Any thread may use it.
///
/// A suppression covers mail when the address is equal whatever the case of its letters, its domain
/// is null or the mail's, and its stream is null, the mail's, or the built-in one of the mail's
/// kind.
public final class Suppressions {
  private static final int MAX_LIST = 1_000;
  private static final int MAX_ASKED_AT_ONCE = 1_000;
  private static final int ATTEMPTS = 5;

  private final Database database;
  private final SuppressionStore store;
  private final TimeOrderedIds ids;
  private final InstantSource clock;
  private final Journalling journalling;
  private volatile boolean knownEmpty;

  /// How the list tells what happened to it.
  ///
  /// @param events writes events within the given transaction
  /// @param domainNames the name of a registered domain, a removed one too
  public record Journalling(
      BiConsumer<Handle, List<Event>> events, Function<UUID, Optional<DomainName>> domainNames) {}

  private Suppressions(
      Database database,
      SuppressionStore store,
      TimeOrderedIds ids,
      InstantSource clock,
      Journalling journalling) {
    this.database = database;
    this.store = store;
    this.ids = ids;
    this.clock = clock;
    this.journalling = journalling;
    // only an embedded database has no other writer that could fill the list behind our back
    this.knownEmpty = database.dialect() == Dialect.H2 && store.isEmpty();
  }

  /// Opens the list in a migrated database.
  public static Suppressions open(
      Database database, TimeOrderedIds ids, InstantSource clock, Journalling journalling) {
    return new Suppressions(database, new SuppressionStore(database), ids, clock, journalling);
  }

  /// Which of the addresses may not get mail of this domain and stream, with the origin's public
  /// name.
  ///
  /// One indexed query for up to 1,000 addresses; none at all while an embedded list is empty.
  ///
  /// @return keyed by the addresses as they were given; the oldest suppression's origin where
  ///   several cover an address
  public Map<EmailAddress, String> find(
      UUID domainId, Stream stream, Collection<EmailAddress> addresses) {
    if (knownEmpty || addresses.isEmpty()) {
      return Map.of();
    }
    Map<String, List<EmailAddress>> asked = new HashMap<>();
    for (EmailAddress address : addresses) {
      asked.computeIfAbsent(SuppressionStore.keyOf(address), _ -> new ArrayList<>(1)).add(address);
    }
    List<String> keys = List.copyOf(asked.keySet());
    Map<EmailAddress, String> suppressed = new HashMap<>();
    for (int from = 0; from < keys.size(); from += MAX_ASKED_AT_ONCE) {
      List<String> some = keys.subList(from, Math.min(from + MAX_ASKED_AT_ONCE, keys.size()));
      store
          .covering(domainId, stream, some, clock.instant())
          .forEach((key, origin) ->
              asked
                  .getOrDefault(key, List.of())
                  .forEach(address -> suppressed.put(address, origin.text())));
    }
    return suppressed;
  }

  /// As [#add(Suppression.Wanted)], for good.
  ///
  /// @param domainId the registered domain; null for all
  /// @param stream the stream's name; null for all
  public Suppression add(
      EmailAddress address,
      @Nullable UUID domainId,
      @Nullable String stream,
      Suppression.Origin origin) {
    return add(new Suppression.Wanted(address, domainId, stream, origin, null));
  }

  /// Adds it durably with its event; the existing one when it is there already and does not end
  /// before the wanted one, which else takes its place.
  public Suppression add(Suppression.Wanted wanted) {
    Optional<Suppression> existing = exact(wanted);
    return existing.isPresent() && lasts(existing.get(), wanted)
        ? existing.get()
        : addAll(List.of(wanted)).standing().getFirst();
  }

  /// What became of wanted suppressions.
  ///
  /// @param standing one for each that was wanted, in that order
  /// @param fresh how many of them were not there already
  public record Added(List<Suppression> standing, int fresh) {}

  /// Adds many durably with their events in one transaction.
  ///
  /// @param wanted at most 1,000
  /// @throws IllegalArgumentException when there are more
  public Added addAll(List<Suppression.Wanted> wanted) {
    return addAll(wanted, _ -> {});
  }

  /// As [#addAll(List)], and does what else belongs into the same transaction.
  ///
  /// @param wanted may be empty
  /// @param along runs again when somebody else wrote the same row in between; what it does must
  ///   have no other effects than in the transaction
  public Added addAll(List<Suppression.Wanted> wanted, Consumer<Handle> along) {
    if (wanted.size() > MAX_LIST) {
      throw new IllegalArgumentException(
          "%d suppressions (expected: at most %d)".formatted(wanted.size(), MAX_LIST));
    }
    if (!wanted.isEmpty()) {
      knownEmpty = false;
    }
    for (int attempt = 1; ; attempt++) {
      try {
        return database.durably(handle -> {
          Added added = putAll(handle, wanted);
          along.accept(handle);
          return added;
        });
      } catch (UnableToExecuteStatementException failure) {
        // somebody else added one of them in between: then it is there at the next attempt
        if (!SuppressionStore.isDuplicate(failure) || attempt == ATTEMPTS) {
          throw failure;
        }
      }
    }
  }

  private Added putAll(Handle handle, List<Suppression.Wanted> wanted) {
    List<Suppression> standing = new ArrayList<>();
    int fresh = 0;
    for (Suppression.Wanted each : wanted) {
      Suppression existing =
          store.exact(handle, each.address(), each.domainId(), each.stream()).orElse(null);
      if (existing != null && lasts(existing, each)) {
        standing.add(existing);
        continue;
      }
      if (existing != null) {
        boolean _ = removeOne(handle, existing);
      }
      standing.add(insert(handle, each));
      fresh++;
    }
    return new Added(List.copyOf(standing), fresh);
  }

  private Suppression insert(Handle handle, Suppression.Wanted wanted) {
    Suppression added =
        new Suppression(
            ids.next(),
            wanted.address(),
            wanted.domainId(),
            wanted.stream(),
            wanted.origin(),
            clock.instant(),
            wanted.expiresAt());
    store.insert(handle, added);
    journal(handle, EventType.SUPPRESSION_ADDED, added);
    return added;
  }

  /// Removes those whose time is over, with their events; how many there were.
  public int removeExpired() {
    if (knownEmpty) {
      return 0;
    }
    List<Suppression> expired = store.expired(clock.instant(), MAX_LIST);
    return expired.isEmpty()
        ? 0
        : database.durably(
            handle -> (int) expired.stream().filter(each -> removeOne(handle, each)).count());
  }

  private Optional<Suppression> exact(Suppression.Wanted wanted) {
    return store.exact(wanted.address(), wanted.domainId(), wanted.stream());
  }

  private static boolean lasts(Suppression existing, Suppression.Wanted wanted) {
    Instant end = existing.expiresAt();
    return end == null || (wanted.expiresAt() != null && !end.isBefore(wanted.expiresAt()));
  }

  /// Newest first; `after` is the id of the last one seen.
  ///
  /// @param origin only of this origin; null for all
  /// @param limit 1 to 1,000
  /// @throws IllegalArgumentException when the limit is outside that range
  public List<Suppression> list(
      @Nullable UUID after, Suppression.@Nullable Origin origin, int limit) {
    requireLimit(limit);
    return store.newest(after, origin, limit);
  }

  /// The suppressions of an address, whatever their domain and stream, oldest first.
  public List<Suppression> of(EmailAddress address) {
    return database.jdbi().withHandle(handle -> store.byAddress(handle, address));
  }

  /// Finds one by its id.
  public Optional<Suppression> byId(UUID id) {
    return database.jdbi().withHandle(handle -> store.byId(handle, id));
  }

  /// Those that come right before the given one in the whole list, in its order: newest first.
  ///
  /// @param origin only of this origin; null for all
  /// @param limit 1 to 1,000
  /// @throws IllegalArgumentException when the limit is outside that range
  public List<Suppression> listBefore(UUID before, Suppression.@Nullable Origin origin, int limit) {
    requireLimit(limit);
    return store.newer(before, origin, limit).reversed();
  }

  private static void requireLimit(int limit) {
    if (limit < 1 || limit > MAX_LIST) {
      throw new IllegalArgumentException("limit %d (expected: 1..%d)".formatted(limit, MAX_LIST));
    }
  }

  /// Removes durably with its event; empty when there was none.
  public Optional<Suppression> remove(UUID id) {
    return database.durably(
        handle -> store.byId(handle, id).filter(found -> removeOne(handle, found)));
  }

  /// Removes every suppression of the address, whatever its domain and stream; how many there were.
  public int remove(EmailAddress address) {
    return database.durably(handle -> {
      int removed = 0;
      for (Suppression found : store.byAddress(handle, address)) {
        if (removeOne(handle, found)) {
          removed++;
        }
      }
      return removed;
    });
  }

  /// Takes an unsubscribing back, as its recipient wishes, from a stream and from all lists,
  /// without which the stream's mail would not come again; what was suppressed for another reason
  /// stays.
  ///
  /// @param stream the stream's name
  /// @return whether there was one
  public boolean takeBack(EmailAddress address, UUID domainId, String stream) {
    return database.durably(handle -> {
      boolean removed = false;
      for (String scope : new TreeSet<>(List.of(stream, Stream.MARKETING.name()))) {
        removed |=
            store
                .exact(handle, address, domainId, scope)
                .filter(found -> found.origin() == Suppression.Origin.UNSUBSCRIBE)
                .filter(found -> removeOne(handle, found))
                .isPresent();
      }
      return removed;
    });
  }

  private boolean removeOne(Handle handle, Suppression found) {
    boolean removed = store.delete(handle, found.id());
    if (removed) {
      journal(handle, EventType.SUPPRESSION_REMOVED, found);
    }
    return removed;
  }

  private void journal(Handle handle, EventType type, Suppression suppression) {
    Map<String, String> facts = new HashMap<>();
    facts.put("suppression_id", suppression.id().toString());
    facts.put("origin", suppression.origin().text());
    if (suppression.expiresAt() != null) {
      facts.put("expires_at", suppression.expiresAt().toString());
    }
    UUID domainId = suppression.domainId();
    if (domainId != null) {
      facts.put("domain_id", domainId.toString());
    }
    String stream = suppression.stream();
    if (stream != null) {
      facts.put("stream", stream);
    }
    String domain =
        domainId == null
            ? null
            : journalling.domainNames().apply(domainId).map(DomainName::value).orElse(null);
    journalling
        .events()
        .accept(
            handle,
            List.of(
                new Event(
                    type, clock.instant(), null, suppression.address().toString(), domain, facts)));
  }
}

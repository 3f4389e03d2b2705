package dev.waybill.relay.transport;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.StorageException;
import java.time.Duration;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Remembers how well connections to each host were secured, so that it is told when that gets
/// worse: a host that offered STARTTLS yesterday and does not today may have somebody in front of
/// it. Any thread may call it.
///
/// It never keeps mail back. A host is forgotten 30 days after it was last seen.
final class SeenLevels {
  private static final Logger LOG = LoggerFactory.getLogger(SeenLevels.class);
  private static final Duration REMEMBERED = Duration.ofDays(30);
  private static final Duration NOTED = Duration.ofDays(1);
  private static final int MAX_KEPT = 50_000;

  /// What a connection was like, the worst first.
  enum Seen {
    CLEAR("in clear"),
    ENCRYPTED("with TLS and a certificate that is not valid"),
    VERIFIED("with TLS and a valid certificate"),
    DANE("with TLS and a certificate that TLSA records vouch for");

    private final String words;

    Seen(String words) {
      this.words = words;
    }
  }

  private final SeenLevelStore store;
  private final InstantSource clock;
  private final Cache<String, Optional<SeenLevelStore.Row>> kept =
      Caffeine.newBuilder().maximumSize(MAX_KEPT).expireAfterWrite(NOTED).build();

  private final Map<String, SeenLevelStore.Row> unsaved = new ConcurrentHashMap<>();

  SeenLevels(Database database, InstantSource clock) {
    this.store = new SeenLevelStore(database);
    this.clock = clock;
  }

  /// Notes what a connection is like.
  ///
  /// @param proven whether TLSA records were looked for: where they were not, it says nothing that
  ///   there were none
  /// @return in words, how it was before where that was better; empty where it was not
  Optional<String> note(String host, Seen now, boolean proven) {
    try {
      return noted(host, now, proven);
    } catch (StorageException trouble) {
      LOG.warn("how {} is secured is not remembered: {}", host, trouble.getMessage());
      return Optional.empty();
    }
  }

  private Optional<String> noted(String host, Seen now, boolean proven) {
    Optional<SeenLevelStore.Row> before = before(host);
    boolean stale =
        before
            .filter(row -> row.level() == now.ordinal())
            .filter(row -> clock.instant().isBefore(row.seenAt().plus(NOTED)))
            .isEmpty();
    Optional<SeenLevelStore.Row> better = before.filter(row -> row.level() > now.ordinal());
    // the better one stays remembered until it is seen again or forgotten: each worse one is told
    if (better.isEmpty() && stale) {
      SeenLevelStore.Row row = new SeenLevelStore.Row(now.ordinal(), clock.instant());
      unsaved.put(host, row);
      kept.put(host, Optional.of(row));
    }
    return better
        .filter(row -> proven || row.level() < Seen.DANE.ordinal() || now == Seen.CLEAR)
        .map(row ->
            "%s; on %s it was %s"
                .formatted(
                    now.words,
                    row.seenAt().toString().substring(0, 10),
                    Seen.values()[Math.min(row.level(), Seen.values().length - 1)].words));
  }

  private Optional<SeenLevelStore.Row> before(String host) {
    Optional<SeenLevelStore.Row> row = kept.getIfPresent(host);
    if (row == null) {
      row = Optional.ofNullable(unsaved.get(host)).or(() -> store.find(host));
      kept.put(host, row);
    }
    return row.filter(seen -> clock.instant().isBefore(seen.seenAt().plus(REMEMBERED)));
  }

  /// Writes down what was noted, and forgets what is old. To be called now and then and at the end;
  /// what was noted since the last time does not outlive a crash.
  void save() {
    Map<String, SeenLevelStore.Row> rows = new HashMap<>(unsaved);
    if (!rows.isEmpty()) {
      LOG.debug("{} hosts are remembered", store.save(rows));
      rows.forEach(unsaved::remove);
    }
    int forgotten = store.removeOlder(clock.instant().minus(REMEMBERED));
    if (forgotten > 0) {
      LOG.debug("{} hosts are forgotten", forgotten);
    }
  }
}

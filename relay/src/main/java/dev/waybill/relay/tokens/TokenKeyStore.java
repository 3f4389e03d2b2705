package dev.waybill.relay.tokens;

import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.Sealing;
import java.time.Instant;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.JdbiException;

/// The table `token_key`: secrets by their number, sealed with the master key.
///
/// Any thread may use it; it is asked once, when the relay starts.
final class TokenKeyStore {
  private static final int SECRET = 32;

  private record Row(int id, String sealedSecret) {}

  private final Database database;
  private final Sealing sealing;

  TokenKeyStore(Database database, Sealing sealing) {
    this.database = database;
    this.sealing = sealing;
  }

  /// All secrets by number; the first is made when there is none.
  SortedMap<Integer, byte[]> loadOrCreate(Instant now, RandomGenerator random) {
    SortedMap<Integer, byte[]> known = load();
    if (!known.isEmpty()) {
      return known;
    }
    byte[] secret = new byte[SECRET];
    random.nextBytes(secret);
    try {
      database.durably(handle -> insert(handle, 0, secret, now));
    } catch (JdbiException raced) {
      // another node that started at the same time may have made it
      SortedMap<Integer, byte[]> theirs = load();
      if (theirs.isEmpty()) {
        throw raced;
      }
      return theirs;
    }
    return load();
  }

  /// Seals afresh what is sealed with an older master key; how many secrets that were.
  int sealAfresh() {
    return sealing.hasOlder() ? database.durably(this::sealAfresh) : 0;
  }

  private int sealAfresh(Handle handle) {
    int changed = 0;
    for (Row row : rows(handle)) {
      byte[] sealed = Base64.getDecoder().decode(row.sealedSecret());
      if (!sealing.isNewest(sealed, context(row.id()))) {
        byte[] secret = sealing.unseal(sealed, context(row.id()));
        changed +=
            handle
                .createUpdate("update token_key set sealed_secret = ? where id = ?")
                .bind(
                    0, Base64.getEncoder().encodeToString(sealing.seal(secret, context(row.id()))))
                .bind(1, row.id())
                .execute();
      }
    }
    return changed;
  }

  private int insert(Handle handle, int id, byte[] secret, Instant now) {
    return handle
        .createUpdate("insert into token_key (id, sealed_secret, created_at) values (?, ?, ?)")
        .bind(0, id)
        .bind(1, Base64.getEncoder().encodeToString(sealing.seal(secret, context(id))))
        .bind(2, now.atOffset(ZoneOffset.UTC))
        .execute();
  }

  private SortedMap<Integer, byte[]> load() {
    SortedMap<Integer, byte[]> secrets = new TreeMap<>();
    for (Row row : database.jdbi().withHandle(TokenKeyStore::rows)) {
      byte[] sealed = Base64.getDecoder().decode(row.sealedSecret());
      secrets.put(row.id(), sealing.unseal(sealed, context(row.id())));
    }
    return secrets;
  }

  private static List<Row> rows(Handle handle) {
    return handle
        .createQuery("select id, sealed_secret from token_key")
        .map((row, _) -> new Row(row.getInt(1), row.getString(2)))
        .list();
  }

  private static String context(int id) {
    return "token-key " + id;
  }
}

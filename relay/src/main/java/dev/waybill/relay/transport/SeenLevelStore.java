package dev.waybill.relay.transport;

import dev.waybill.relay.storage.Columns;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.StorageException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/// The rows of how well hosts were secured. Any thread may use it.
final class SeenLevelStore {
  private static final int MAX_HOST = 255;

  /// @param level as its owner counts them
  record Row(int level, Instant seenAt) {}

  private final Database database;

  SeenLevelStore(Database database) {
    this.database = database;
  }

  Optional<Row> find(String host) {
    try (Connection connection = database.connect();
        PreparedStatement select =
            connection.prepareStatement("select level, seen_at from tls_seen where host = ?")) {
      select.setString(1, Columns.required(host, MAX_HOST));
      try (ResultSet row = select.executeQuery()) {
        return row.next()
            ? Optional.of(new Row(row.getInt("level"), Columns.instant(row, "seen_at")))
            : Optional.empty();
      }
    } catch (SQLException failure) {
      throw new StorageException("how %s was secured could not be read".formatted(host), failure);
    }
  }

  /// Puts the rows in the place of the hosts' last ones.
  ///
  /// @return how many there are
  int save(Map<String, Row> rows) {
    return database.durably(handle -> {
      int written = 0;
      for (Map.Entry<String, Row> entry : new TreeMap<>(rows).entrySet()) {
        String host = Columns.required(entry.getKey(), MAX_HOST);
        handle.createUpdate("delete from tls_seen where host = :host").bind("host", host).execute();
        written +=
            handle
                .createUpdate(
                    "insert into tls_seen (host, level, seen_at) values (:host, :level, :at)")
                .bind("host", host)
                .bind("level", entry.getValue().level())
                .bind("at", Columns.timestamp(entry.getValue().seenAt()))
                .execute();
      }
      return written;
    });
  }

  int removeOlder(Instant than) {
    return database.durably(handle ->
        handle
            .createUpdate("delete from tls_seen where seen_at < :than")
            .bind("than", Columns.timestamp(than))
            .execute());
  }
}

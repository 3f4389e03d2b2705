package dev.waybill.relay.idempotency;

import dev.waybill.relay.storage.Columns;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.StorageException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;

/// The rows of keys. Any thread may read; the committing thread writes.
public final class IdempotencyStore {
  /// How long a key stands for its message.
  static final Duration KEPT = Duration.ofHours(24);

  private static final int FORGET_AT_ONCE = 2_000;

  /// What a key stood for.
  record Earlier(UUID content, UUID message) {}

  private final Database database;

  IdempotencyStore(Database database) {
    this.database = database;
  }

  Optional<Earlier> find(UUID key, Instant now) {
    try (Connection connection = database.connect();
        PreparedStatement select =
            connection.prepareStatement(
                """
                select content_digest, message_id from idempotency
                where key_digest = ? and created_at > ?\
                """)) {
      select.setObject(1, key);
      select.setObject(2, Columns.timestamp(now.minus(KEPT)));
      try (ResultSet row = select.executeQuery()) {
        return row.next()
            ? Optional.of(new Earlier(row.getObject(1, UUID.class), row.getObject(2, UUID.class)))
            : Optional.empty();
      }
    } catch (SQLException failure) {
      throw new StorageException("idempotency keys could not be read", failure);
    }
  }

  /// Writes keys of messages in the transaction that accepts them.
  ///
  /// @throws SQLException also when another node accepted a message with one of the keys meanwhile
  public static void insert(Connection connection, Map<UUID, IdempotencyKey> byMessage, Instant now)
      throws SQLException {
    try (PreparedStatement delete =
            connection.prepareStatement(
                "delete from idempotency where key_digest = ? and created_at <= ?");
        PreparedStatement insert =
            connection.prepareStatement(
                """
                insert into idempotency (key_digest, content_digest, message_id, created_at)
                values (?, ?, ?, ?)\
                """)) {
      for (Map.Entry<UUID, IdempotencyKey> entry : byMessage.entrySet()) {
        delete.setObject(1, entry.getValue().key());
        delete.setObject(2, Columns.timestamp(now.minus(KEPT)));
        delete.addBatch();
        insert.setObject(1, entry.getValue().key());
        insert.setObject(2, entry.getValue().content());
        insert.setObject(3, entry.getKey());
        insert.setObject(4, Columns.timestamp(now));
        insert.addBatch();
      }
      delete.executeBatch();
      insert.executeBatch();
    }
  }

  /// Removes keys that have had their day, some at once.
  public static void forget(Connection connection, Instant now) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            """
            delete from idempotency where key_digest in
              (select key_digest from idempotency where created_at <= ? limit\
             %d)\
            """
                .formatted(FORGET_AT_ONCE))) {
      delete.setObject(1, Columns.timestamp(now.minus(KEPT)));
      delete.executeUpdate();
    }
  }
}

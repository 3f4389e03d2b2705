package dev.waybill.relay.access;

import dev.waybill.relay.storage.Database;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.List;
import java.util.UUID;
import org.jdbi.v3.core.mapper.RowMapper;

/// The rows behind [ApiKeys]. Any thread may call it.
final class ApiKeyStore {
  /// One key with the SHA-256 of its secret.
  record Row(ApiKey key, String hash) {}

  private static final RowMapper<Row> ROW =
      (row, _) ->
          new Row(
              new ApiKey(
                  row.getObject("id", UUID.class),
                  row.getString("name"),
                  ApiKey.Permission.valueOf(row.getString("permission")),
                  row.getObject("domain_id", UUID.class),
                  row.getObject("created_at", OffsetDateTime.class).toInstant()),
              row.getString("token_hash"));

  private final Database database;

  ApiKeyStore(Database database) {
    this.database = database;
  }

  /// Oldest first.
  List<Row> all() {
    return database
        .jdbi()
        .withHandle(handle ->
            handle.createQuery("select * from api_key order by created_at, id").map(ROW).list());
  }

  void insert(ApiKey key, String hash) {
    int inserted =
        database.durably(handle ->
            handle
                .createUpdate(
                    """
                    insert into api_key (id, name, permission, domain_id, token_hash, created_at)
                    values (:id, :name, :permission, cast(:domain as uuid), :hash, :created)
                    """)
                .bind("id", key.id())
                .bind("name", key.name())
                .bind("permission", key.permission().name())
                .bindByType("domain", key.domainId(), UUID.class)
                .bind("hash", hash)
                .bind("created", key.createdAt().atOffset(ZoneOffset.UTC))
                .execute());
    if (inserted != 1) {
      throw new IllegalStateException("inserted %d keys (expected: 1)".formatted(inserted));
    }
  }

  boolean delete(UUID id) {
    return database.durably(handle ->
        handle.createUpdate("delete from api_key where id = :id").bind("id", id).execute())
        > 0;
  }
}

package dev.waybill.relay.access;

import dev.waybill.relay.storage.Database;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The rows behind [ApiKeys]. Any thread may call it.
final class ApiKeyStore {
  /// One key with the SHA-256 of its secret.
  record Row(ApiKey key, String hash) {}

  private final Database database;

  ApiKeyStore(Database database) {
    this.database = database;
  }

  /// Oldest first; in one statement, since a key without its domains would be one for all of them.
  List<Row> all() {
    Map<UUID, Row> rows = new LinkedHashMap<>();
    database
        .jdbi()
        .useHandle(handle ->
            handle
                .createQuery(
                    """
                    select k.*, d.domain_id from api_key k
                      left join api_key_domain d on d.key_id = k.id
                    order by k.created_at, k.id
                    """)
                .map((row, _) -> row(row))
                .forEach(row -> rows.merge(row.key().id(), row, ApiKeyStore::together)));
    return List.copyOf(rows.values());
  }

  private static Row row(ResultSet row) throws SQLException {
    UUID domain = row.getObject("domain_id", UUID.class);
    return new Row(
        new ApiKey(
            row.getObject("id", UUID.class),
            row.getString("name"),
            ApiKey.Permission.valueOf(row.getString("permission")),
            new ApiKey.Sending(
                domain == null ? Set.of() : Set.of(domain),
                row.getString("stream"),
                row.getInt("per_minute"),
                row.getInt("per_day")),
            row.getObject("created_at", OffsetDateTime.class).toInstant()),
        row.getString("token_hash"));
  }

  /// Two rows of one key, each with one of its domains.
  private static Row together(Row one, Row other) {
    ApiKey key = one.key();
    ApiKey.Sending sending = key.sending();
    Set<UUID> domains = new HashSet<>(sending.domains());
    domains.addAll(other.key().sending().domains());
    return new Row(
        new ApiKey(
            key.id(),
            key.name(),
            key.permission(),
            new ApiKey.Sending(domains, sending.stream(), sending.perMinute(), sending.perDay()),
            key.createdAt()),
        one.hash());
  }

  void insert(ApiKey key, String hash) {
    int inserted =
        database.durably(handle -> {
          int count = insertKey(handle, key, hash);
          for (UUID domain : key.sending().domains()) {
            handle
                .createUpdate(
                    "insert into api_key_domain (key_id, domain_id) values (:key, :domain)")
                .bind("key", key.id())
                .bind("domain", domain)
                .execute();
          }
          return count;
        });
    if (inserted != 1) {
      throw new IllegalStateException("inserted %d keys (expected: 1)".formatted(inserted));
    }
  }

  private static int insertKey(Handle handle, ApiKey key, String hash) {
    ApiKey.Sending sending = key.sending();
    return handle
        .createUpdate(
            """
            insert into api_key
              (id, name, permission, stream, per_minute, per_day, token_hash, created_at)
            values (:id, :name, :permission, :stream, :minute, :day, :hash, :created)
            """)
        .bind("id", key.id())
        .bind("name", key.name())
        .bind("permission", key.permission().name())
        .bindByType("stream", sending.stream(), String.class)
        .bindByType("minute", positive(sending.perMinute()), Integer.class)
        .bindByType("day", positive(sending.perDay()), Integer.class)
        .bind("hash", hash)
        .bind("created", key.createdAt().atOffset(ZoneOffset.UTC))
        .execute();
  }

  private static @Nullable Integer positive(int limit) {
    return limit > 0 ? limit : null;
  }

  boolean delete(UUID id) {
    return database.durably(handle ->
        handle.createUpdate("delete from api_key where id = :id").bind("id", id).execute())
        > 0;
  }
}

package dev.waybill.relay.suppression;

import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.storage.Columns;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.StorageException;
import dev.waybill.relay.streams.Stream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.statement.UnableToExecuteStatementException;
import org.jspecify.annotations.Nullable;

/// The rows of the suppression list. Any thread may use it; a handle belongs to its caller.
final class SuppressionStore {
  private static final UUID ANY_DOMAIN = new UUID(0, 0);
  private static final String ANY_STREAM = "";

  private final Database database;

  SuppressionStore(Database database) {
    this.database = database;
  }

  /// What addresses are compared by: the whole address in lower case. Hosts may tell local parts
  /// apart by case (RFC 5321 §2.4); mailing somebody who said no would be the worse mistake.
  static String keyOf(EmailAddress address) {
    return address.toString().toLowerCase(Locale.ROOT);
  }

  boolean isEmpty() {
    return database
        .jdbi()
        .withHandle(handle ->
            handle
                .createQuery("select 1 from suppression fetch first 1 row only")
                .mapTo(Integer.class)
                .findOne()
                .isEmpty());
  }

  /// The origin of the oldest suppression that covers each key.
  Map<String, Suppression.Origin> covering(
      UUID domainId, Stream stream, Collection<String> keys, Instant now) {
    String sql =
        """
        select address_key, origin from suppression
        where address_key = any(?) and domain_id in (?, ?) and stream in (?, ?, ?)
          and (expires_at is null or expires_at > ?)
        order by id
        """;
    try (Connection connection = database.connect();
        PreparedStatement query = connection.prepareStatement(sql)) {
      query.setArray(1, connection.createArrayOf("varchar", keys.toArray()));
      query.setObject(2, ANY_DOMAIN);
      query.setObject(3, domainId);
      query.setString(4, ANY_STREAM);
      query.setString(5, stream.kind().text());
      query.setString(6, stream.name());
      query.setObject(7, Columns.timestamp(now));
      Map<String, Suppression.Origin> found = new HashMap<>();
      try (ResultSet rows = query.executeQuery()) {
        while (rows.next()) {
          found.putIfAbsent(rows.getString(1), Suppression.Origin.valueOf(rows.getString(2)));
        }
      }
      return found;
    } catch (SQLException failure) {
      throw new StorageException("the suppression list could not be read", failure);
    }
  }

  /// The one with the same address, domain and stream.
  Optional<Suppression> exact(
      EmailAddress address, @Nullable UUID domainId, @Nullable String stream) {
    return database.jdbi().withHandle(handle -> exact(handle, address, domainId, stream));
  }

  Optional<Suppression> exact(
      Handle handle, EmailAddress address, @Nullable UUID domainId, @Nullable String stream) {
    return handle
        .createQuery(
            """
            select * from suppression
            where address_key = :key and domain_id = :domain and stream = :stream
            """)
        .bind("key", keyOf(address))
        .bind("domain", domainId == null ? ANY_DOMAIN : domainId)
        .bind("stream", stream == null ? ANY_STREAM : stream)
        .map((row, _) -> read(row))
        .findOne();
  }

  /// Those whose time is over.
  List<Suppression> expired(Instant now, int limit) {
    return database
        .jdbi()
        .withHandle(handle ->
            handle
                .createQuery("select * from suppression where expires_at <= :now limit :limit")
                .bind("now", Columns.timestamp(now))
                .bind("limit", limit)
                .map((row, _) -> read(row))
                .list());
  }

  /// Newest first.
  List<Suppression> newest(@Nullable UUID after, Suppression.@Nullable Origin origin, int limit) {
    return listed("id < :edge", after, origin, "id desc", limit);
  }

  /// Oldest first.
  List<Suppression> newer(UUID than, Suppression.@Nullable Origin origin, int limit) {
    return listed("id > :edge", than, origin, "id", limit);
  }

  private List<Suppression> listed(
      String beyond,
      @Nullable UUID edge,
      Suppression.@Nullable Origin origin,
      String order,
      int limit) {
    List<String> conditions = new ArrayList<>(List.of("1 = 1"));
    Map<String, Object> values = new HashMap<>(Map.of("limit", limit));
    if (edge != null) {
      conditions.add(beyond);
      values.put("edge", edge);
    }
    if (origin != null) {
      conditions.add("origin = :origin");
      values.put("origin", origin.name());
    }
    String sql =
        "select * from suppression where %s order by %s limit :limit"
            .formatted(String.join(" and ", conditions), order);
    return database
        .jdbi()
        .withHandle(
            handle -> handle.createQuery(sql).bindMap(values).map((row, _) -> read(row)).list());
  }

  /// @throws UnableToExecuteStatementException where the same one is there already, as
  ///   [#isDuplicate] tells
  void insert(Handle handle, Suppression suppression) {
    UUID domainId = suppression.domainId();
    String stream = suppression.stream();
    handle
        .createUpdate(
            """
            insert into suppression
              (id, address, address_key, domain_id, stream, origin, created_at, expires_at)
            values (:id, :address, :key, :domain, :stream, :origin, :at, :expires)
            """)
        .bind("id", suppression.id())
        .bind("address", suppression.address().toString())
        .bind("key", keyOf(suppression.address()))
        .bind("domain", domainId == null ? ANY_DOMAIN : domainId)
        .bind("stream", stream == null ? ANY_STREAM : stream)
        .bind("origin", suppression.origin().name())
        .bind("at", Columns.timestamp(suppression.createdAt()))
        .bindByType(
            "expires", Columns.optionalTimestamp(suppression.expiresAt()), OffsetDateTime.class)
        .execute();
  }

  Optional<Suppression> byId(Handle handle, UUID id) {
    return handle
        .createQuery("select * from suppression where id = :id")
        .bind("id", id)
        .map((row, _) -> read(row))
        .findOne();
  }

  List<Suppression> byAddress(Handle handle, EmailAddress address) {
    return handle
        .createQuery("select * from suppression where address_key = :key order by id")
        .bind("key", keyOf(address))
        .map((row, _) -> read(row))
        .list();
  }

  /// Whether there was such a row.
  boolean delete(Handle handle, UUID id) {
    return handle.createUpdate("delete from suppression where id = :id").bind("id", id).execute()
        > 0;
  }

  static boolean isDuplicate(UnableToExecuteStatementException failure) {
    return failure.getCause() instanceof SQLException cause
        && cause.getSQLState() != null
        && cause.getSQLState().startsWith("23");
  }

  private static Suppression read(ResultSet row) throws SQLException {
    UUID domainId = row.getObject("domain_id", UUID.class);
    String stream = row.getString("stream");
    return new Suppression(
        row.getObject("id", UUID.class),
        EmailAddress.of(row.getString("address")),
        domainId.equals(ANY_DOMAIN) ? null : domainId,
        stream.isEmpty() ? null : stream,
        Suppression.Origin.valueOf(row.getString("origin")),
        Columns.instant(row, "created_at"),
        Columns.optionalInstant(row, "expires_at"));
  }
}

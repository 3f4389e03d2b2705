package dev.waybill.relay.suppression;

import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.StorageException;
import dev.waybill.relay.streams.Stream;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
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
  Map<String, Suppression.Origin> covering(UUID domainId, Stream stream, Collection<String> keys) {
    String sql =
        """
        select address_key, origin from suppression
        where address_key = any(?) and domain_id in (?, ?) and stream in (?, ?)
        order by id
        """;
    try (Connection connection = database.connect();
        PreparedStatement query = connection.prepareStatement(sql)) {
      query.setArray(1, connection.createArrayOf("varchar", keys.toArray()));
      query.setObject(2, ANY_DOMAIN);
      query.setObject(3, domainId);
      query.setString(4, ANY_STREAM);
      query.setString(5, stream.text());
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

  Optional<Suppression> exact(
      EmailAddress address, @Nullable UUID domainId, @Nullable Stream stream) {
    return database
        .jdbi()
        .withHandle(handle ->
            handle
                .createQuery(
                    """
                    select * from suppression
                    where address_key = :key and domain_id = :domain and stream = :stream
                    """)
                .bind("key", keyOf(address))
                .bind("domain", domainId == null ? ANY_DOMAIN : domainId)
                .bind("stream", stream == null ? ANY_STREAM : stream.text())
                .map((row, _) -> read(row))
                .findOne());
  }

  List<Suppression> newest(@Nullable UUID after, int limit) {
    String condition = after == null ? "" : "where id < :after";
    return database
        .jdbi()
        .withHandle(handle -> {
          var query =
              handle.createQuery(
                  "select * from suppression " + condition + " order by id desc limit :limit");
          if (after != null) {
            query.bind("after", after);
          }
          return query.bind("limit", limit).map((row, _) -> read(row)).list();
        });
  }

  /// Oldest first.
  List<Suppression> newer(UUID than, int limit) {
    return database
        .jdbi()
        .withHandle(handle ->
            handle
                .createQuery("select * from suppression where id > :than order by id limit :limit")
                .bind("than", than)
                .bind("limit", limit)
                .map((row, _) -> read(row))
                .list());
  }

  /// @throws UnableToExecuteStatementException where the same one is there already, as
  ///   [#isDuplicate] tells
  void insert(Handle handle, Suppression suppression) {
    UUID domainId = suppression.domainId();
    Stream stream = suppression.stream();
    handle
        .createUpdate(
            """
            insert into suppression
              (id, address, address_key, domain_id, stream, origin, created_at)
            values (:id, :address, :key, :domain, :stream, :origin, :at)
            """)
        .bind("id", suppression.id())
        .bind("address", suppression.address().toString())
        .bind("key", keyOf(suppression.address()))
        .bind("domain", domainId == null ? ANY_DOMAIN : domainId)
        .bind("stream", stream == null ? ANY_STREAM : stream.text())
        .bind("origin", suppression.origin().name())
        .bind("at", suppression.createdAt().atOffset(ZoneOffset.UTC))
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
    return new Suppression(
        row.getObject("id", UUID.class),
        EmailAddress.of(row.getString("address")),
        domainId.equals(ANY_DOMAIN) ? null : domainId,
        Stream.parse(row.getString("stream")).orElse(null),
        Suppression.Origin.valueOf(row.getString("origin")),
        row.getObject("created_at", OffsetDateTime.class).toInstant());
  }
}

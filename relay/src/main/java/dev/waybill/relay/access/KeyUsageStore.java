package dev.waybill.relay.access;

import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.StorageException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import java.util.UUID;

/// How many recipients each key with a limit for the day has submitted to. Any thread may read;
/// whoever accepts messages writes in the same transaction.
public final class KeyUsageStore {
  private static final int KEPT_DAYS = 31;

  private final Database database;

  KeyUsageStore(Database database) {
    this.database = database;
  }

  /// The day that a time belongs to.
  static LocalDate day(Instant at) {
    return LocalDate.ofInstant(at, ZoneOffset.UTC);
  }

  Map<UUID, Long> read(LocalDate day) {
    try (Connection connection = database.connect();
        PreparedStatement select =
            connection.prepareStatement(
                "select key_id, recipients from api_key_usage where on_day = ?")) {
      select.setObject(1, day);
      Map<UUID, Long> usage = new HashMap<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          usage.put(row.getObject(1, UUID.class), row.getLong(2));
        }
      }
      return usage;
    } catch (SQLException failure) {
      throw new StorageException("what API keys have used up could not be read", failure);
    }
  }

  /// Counts accepted recipients.
  ///
  /// @param recipients by key, in an order that all nodes share: each locks the rows in turn
  /// @throws SQLException also when another node counted the first of the day at the same moment
  public static void add(Connection connection, SortedMap<UUID, Integer> recipients, Instant now)
      throws SQLException {
    LocalDate day = day(now);
    try (PreparedStatement update =
            connection.prepareStatement(
                """
                update api_key_usage set recipients = recipients + ?
                where key_id = ? and on_day = ?\
                """);
        PreparedStatement insert =
            connection.prepareStatement(
                "insert into api_key_usage (key_id, on_day, recipients) values (?, ?, ?)");
        PreparedStatement forget =
            connection.prepareStatement(
                "delete from api_key_usage where key_id = ? and on_day < ?")) {
      for (Map.Entry<UUID, Integer> entry : recipients.entrySet()) {
        update.setInt(1, entry.getValue());
        update.setObject(2, entry.getKey());
        update.setObject(3, day);
        if (update.executeUpdate() == 0) {
          insert.setObject(1, entry.getKey());
          insert.setObject(2, day);
          insert.setInt(3, entry.getValue());
          insert.executeUpdate();
          forget.setObject(1, entry.getKey());
          forget.setObject(2, day.minusDays(KEPT_DAYS));
          forget.executeUpdate();
        }
      }
    }
  }
}

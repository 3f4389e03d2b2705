package dev.waybill.relay.sources;

import dev.waybill.relay.storage.Database;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.SortedMap;
import org.jdbi.v3.core.Handle;

/// How many messages were sent from each address that is being warmed up. Any thread may use it.
final class SourceUseStore {
  /// Longer than anybody asks; the rows are few.
  private static final int KEPT_DAYS = 60;

  private final Database database;

  SourceUseStore(Database database) {
    this.database = database;
  }

  /// What all nodes sent on a day, by address.
  Map<String, Long> read(LocalDate day) {
    return database
        .jdbi()
        .withHandle(handle ->
            handle
                .createQuery("select address, messages from source_use where on_day = :day")
                .bind("day", day)
                .reduceRows(
                    new HashMap<>(),
                    (use, row) -> {
                      use.put(
                          row.getColumn("address", String.class),
                          row.getColumn("messages", Long.class));
                      return use;
                    }));
  }

  /// Adds to what was sent on a day, all or nothing; it fails also when another node counted the
  /// first of the day at the same moment.
  ///
  /// @param messages by address, in an order that all nodes share: each locks the rows in turn
  void add(LocalDate day, SortedMap<String, Long> messages) {
    database.durably(handle -> {
      messages.forEach((address, count) -> add(handle, day, address, count));
      return messages.size();
    });
  }

  private static void add(Handle handle, LocalDate day, String address, long count) {
    int known =
        handle
            .createUpdate(
                """
                update source_use set messages = messages + :count
                where address = :address and on_day = :day\
                """)
            .bind("count", count)
            .bind("address", address)
            .bind("day", day)
            .execute();
    if (known == 0) {
      handle
          .createUpdate(
              """
              insert into source_use (address, on_day, messages)
              values (:address, :day, :count)\
              """)
          .bind("count", count)
          .bind("address", address)
          .bind("day", day)
          .execute();
      handle
          .createUpdate("delete from source_use where on_day < :day")
          .bind("day", day.minusDays(KEPT_DAYS))
          .execute();
    }
  }
}

package dev.waybill.relay.operations;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.storage.Columns;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.StorageException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.function.BiConsumer;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// Writes what operators do with waiting deliveries, some rows at a time and durably. Any thread.
///
/// A delivery that a node has in hand is only marked: its row says what is wished, and whoever lets
/// go of it holds it then, in the same change. So no wish is lost between two nodes, whatever comes
/// first.
final class OperationStore {
  /// How many rows one transaction changes, so that nobody waits for long.
  private static final int AT_ONCE = 2_000;

  private static final String KEY = " where message_id = ? and ordinal = ?";

  private final Database database;
  private final SelectionStore selections;
  private final BiConsumer<Handle, List<Event>> events;

  /// @param events writes events within the given transaction
  OperationStore(Database database, BiConsumer<Handle, List<Event>> events) {
    this.database = database;
    this.selections = new SelectionStore(database);
    this.events = events;
  }

  /// What a step came to.
  ///
  /// @param changed how many deliveries wait differently now, or wait no more
  /// @param inHand how many more are being sent, and follow when their attempt has ended
  /// @param last the last one it looked at; null when there was none
  /// @param isLast whether nothing is left to do behind it
  record Step(int changed, int inHand, @Nullable DeliveryKey last, boolean isLast) {}

  /// Takes the next step.
  ///
  /// @param start when the operation began
  Step step(Operation operation, Selection selection, @Nullable DeliveryKey after, Instant start) {
    return durably(handle -> {
      Connection connection = handle.getConnection();
      List<SelectionStore.Concerned> rows =
          selections.concerned(connection, operation, selection, after, start, AT_ONCE);
      List<SelectionStore.Concerned> free = new ArrayList<>();
      List<SelectionStore.Concerned> taken = new ArrayList<>();
      rows.forEach(row -> (row.inHand() ? taken : free).add(row));
      int changed =
          switch (operation) {
            case Operation.Hold(String reason) -> hold(connection, free, reason);
            case Operation.Release _ -> release(connection, free, start);
            case Operation.Retry _ -> retry(connection, free, start);
            case Operation.Cancel(String reason) -> cancel(handle, free, reason, start);
          };
      int marked =
          switch (operation) {
            case Operation.Hold(String reason) -> mark(connection, taken, "hold", reason);
            case Operation.Release _ -> mark(connection, taken, null, null);
            case Operation.Retry _ -> 0;
            case Operation.Cancel(String reason) -> mark(connection, taken, "cancel", reason);
          };
      return new Step(
          changed, marked, rows.isEmpty() ? null : rows.getLast().key(), rows.size() < AT_ONCE);
    });
  }

  private static int hold(Connection connection, List<SelectionStore.Concerned> rows, String reason)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "update delivery set wish = 'hold', wish_reason = ?, state = 'held', due_at = null"
                + KEY
                + " and owner is null")) {
      for (SelectionStore.Concerned row : rows) {
        update.setString(1, reason);
        setKey(update, 2, row.key());
        update.addBatch();
      }
      return sum(update.executeBatch());
    }
  }

  private static int release(
      Connection connection, List<SelectionStore.Concerned> rows, Instant now) throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "update delivery set wish = null, wish_reason = null, state = ?, due_at = ?"
                + KEY
                + " and owner is null and state = 'held'")) {
      for (SelectionStore.Concerned row : rows) {
        Instant sendAt = row.sendAt();
        boolean early = sendAt != null && sendAt.isAfter(now);
        update.setString(1, early ? "scheduled" : row.attempts() == 0 ? "queued" : "deferred");
        update.setObject(2, Columns.timestamp(early && sendAt != null ? sendAt : now));
        setKey(update, 3, row.key());
        update.addBatch();
      }
      return sum(update.executeBatch());
    }
  }

  private static int retry(Connection connection, List<SelectionStore.Concerned> rows, Instant now)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            "update delivery set due_at = ?" + KEY + " and state = 'deferred'")) {
      for (SelectionStore.Concerned row : rows) {
        update.setObject(1, Columns.timestamp(now));
        setKey(update, 2, row.key());
        update.addBatch();
      }
      return sum(update.executeBatch());
    }
  }

  private int cancel(Handle handle, List<SelectionStore.Concerned> rows, String reason, Instant now)
      throws SQLException {
    int[] counts;
    try (PreparedStatement delete =
        handle
            .getConnection()
            .prepareStatement("delete from delivery" + KEY + " and owner is null")) {
      for (SelectionStore.Concerned row : rows) {
        setKey(delete, 1, row.key());
        delete.addBatch();
      }
      counts = delete.executeBatch();
    }
    List<Event> told = new ArrayList<>();
    for (int i = 0; i < counts.length; i++) {
      if (counts[i] > 0) {
        SelectionStore.Concerned row = rows.get(i);
        told.add(
            new Event(
                EventType.EMAIL_CANCELLED,
                now,
                row.key(),
                row.recipient(),
                row.domain(),
                Map.of("reason", reason)));
      }
    }
    if (!told.isEmpty()) {
      events.accept(handle, told);
    }
    return told.size();
  }

  private static int mark(
      Connection connection,
      List<SelectionStore.Concerned> rows,
      @Nullable String wish,
      @Nullable String reason)
      throws SQLException {
    if (rows.isEmpty()) {
      return 0;
    }
    int marked;
    try (PreparedStatement update =
        connection.prepareStatement(
            "update delivery set wish = ?, wish_reason = ?" + KEY + " and owner is not null")) {
      for (SelectionStore.Concerned row : rows) {
        update.setString(1, wish);
        update.setString(2, reason);
        setKey(update, 3, row.key());
        update.addBatch();
      }
      marked = sum(update.executeBatch());
    }
    try (PreparedStatement count =
        connection.prepareStatement("update queue_revision set revision = revision + 1")) {
      count.executeUpdate();
    }
    return marked;
  }

  /// Counted up by every wish that concerns deliveries in hand.
  long revision() {
    try (Connection connection = database.connect();
        PreparedStatement select =
            connection.prepareStatement("select revision from queue_revision");
        ResultSet row = select.executeQuery()) {
      return row.next() ? row.getLong(1) : 0;
    } catch (SQLException failure) {
      throw new StorageException("the operators' wishes could not be read", failure);
    }
  }

  /// What a node has in hand although an operator wants it held or cancelled. What is in hand has
  /// no due time, by which it is found.
  Set<DeliveryKey> wishedOf(long node) {
    try (Connection connection = database.connect();
        PreparedStatement select =
            connection.prepareStatement(
                "select message_id, ordinal from delivery"
                    + " where due_at is null and owner = ? and wish is not null")) {
      select.setLong(1, node);
      Set<DeliveryKey> keys = new HashSet<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          keys.add(new DeliveryKey(row.getObject(1, UUID.class), row.getInt(2)));
        }
      }
      return keys;
    } catch (SQLException failure) {
      throw new StorageException("the operators' wishes could not be read", failure);
    }
  }

  /// Cancels what was held on the way to being cancelled, some at a time.
  ///
  /// @return how many
  int cancelHeld(Instant now) {
    // mostly there is none, and then nothing is to be written and synced
    return isAnyHeldToCancel() ? cancelSomeHeld(now) : 0;
  }

  private boolean isAnyHeldToCancel() {
    try (Connection connection = database.connect();
        PreparedStatement select =
            connection.prepareStatement(
                "select 1 from delivery"
                    + " where due_at is null and state = 'held' and wish = 'cancel' limit 1");
        ResultSet row = select.executeQuery()) {
      return row.next();
    } catch (SQLException failure) {
      throw new StorageException("the operators' wishes could not be read", failure);
    }
  }

  private int cancelSomeHeld(Instant now) {
    return durably(handle -> {
      Map<String, List<SelectionStore.Concerned>> byReason = new LinkedHashMap<>();
      try (PreparedStatement select =
              handle
                  .getConnection()
                  .prepareStatement(
                      "select d.message_id, d.ordinal, d.recipient, d.wish_reason, m.domain_name"
                          + " from delivery d join message m on m.id = d.message_id"
                          + " where d.due_at is null and d.state = 'held' and d.wish = 'cancel' limit "
                          + AT_ONCE);
          ResultSet row = select.executeQuery()) {
        while (row.next()) {
          byReason
              .computeIfAbsent(row.getString(4), _ -> new ArrayList<>())
              .add(
                  new SelectionStore.Concerned(
                      new DeliveryKey(row.getObject(1, UUID.class), row.getInt(2)),
                      false,
                      row.getString(3),
                      row.getString(5),
                      0,
                      null));
        }
      }
      int cancelled = 0;
      for (Map.Entry<String, List<SelectionStore.Concerned>> some : byReason.entrySet()) {
        cancelled += cancel(handle, some.getValue(), some.getKey(), now);
      }
      return cancelled;
    });
  }

  private interface Work<R> {
    R run(Handle handle) throws SQLException;
  }

  private <R> R durably(Work<R> work) {
    return database.durably(handle -> {
      try {
        return work.run(handle);
      } catch (SQLException failure) {
        throw new StorageException("the queue could not be changed", failure);
      }
    });
  }

  private static void setKey(PreparedStatement statement, int from, DeliveryKey key)
      throws SQLException {
    statement.setObject(from, key.messageId());
    statement.setInt(from + 1, key.ordinal());
  }

  private static int sum(int[] counts) {
    int sum = 0;
    for (int count : counts) {
      sum += Math.max(0, count);
    }
    return sum;
  }
}

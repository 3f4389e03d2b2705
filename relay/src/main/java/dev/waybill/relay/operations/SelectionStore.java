package dev.waybill.relay.operations;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.storage.Columns;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.Dialect;
import dev.waybill.relay.storage.StorageException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// Finds the deliveries that an operator means. Any thread may use it.
final class SelectionStore {
  private static final String ROWS =
      " from delivery d join message m on m.id = d.message_id where 1 = 1";

  private final Database database;

  SelectionStore(Database database) {
    this.database = database;
  }

  /// A query in the making: its text and the values for its gaps.
  private static final class Query {
    private final StringBuilder sql;
    private final List<Object> values = new ArrayList<>();

    private Query(String select) {
      sql = new StringBuilder(select).append(ROWS);
    }

    private void and(String condition, Object... gaps) {
      sql.append(" and ").append(condition);
      values.addAll(List.of(gaps));
    }

    private void meant(Selection selection) {
      if (selection.messageId() != null) {
        and("d.message_id = ?", selection.messageId());
      }
      if (selection.recipient() != null) {
        and("lower(d.recipient) = ?", lower(selection.recipient().toString()));
      }
      if (selection.destination() != null) {
        and("d.recipient_domain = ?", selection.destination().value());
      }
      if (selection.domain() != null) {
        and("m.domain_name = ?", selection.domain().value());
      }
      if (selection.stream() != null) {
        and("m.stream = ?", selection.stream());
      }
      if (selection.state() != null) {
        and("d.state = ?", selection.state().text());
      }
      if (selection.acceptedBefore() != null) {
        and("m.accepted_at < ?", Columns.timestamp(selection.acceptedBefore()));
      }
      if (selection.reason() != null) {
        and(
            "position(? in lower(coalesce(d.wish_reason, d.last_reply, ''))) > 0",
            lower(selection.reason()));
      }
    }

    /// What the operation would change.
    private void concerned(Operation operation, Instant start) {
      switch (operation) {
        case Operation.Hold _ -> and("d.wish is null");
        case Operation.Release _ ->
            and("(d.wish = 'hold' or (d.wish is null and d.state = 'held'))");
        case Operation.Retry _ ->
            and(
                "d.state = 'deferred' and d.due_at > ?"
                    + " and (d.last_attempt_at is null or d.last_attempt_at <= ?)",
                Columns.timestamp(start),
                Columns.timestamp(start));
        case Operation.Cancel _ -> and("(d.wish is null or d.wish <> 'cancel')");
      }
    }

    private void behind(@Nullable DeliveryKey after) {
      if (after != null) {
        and(
            "d.message_id >= ? and (d.message_id > ? or d.ordinal > ?)",
            after.messageId(),
            after.messageId(),
            after.ordinal());
      }
    }

    private PreparedStatement prepare(Connection connection, String end) throws SQLException {
      PreparedStatement statement = connection.prepareStatement(sql + end);
      for (int i = 0; i < values.size(); i++) {
        statement.setObject(i + 1, values.get(i));
      }
      return statement;
    }

    private static String lower(String text) {
      return text.toLowerCase(Locale.ROOT);
    }
  }

  /// Those behind a key, in the order of their keys, which is about that of their acceptance.
  List<WaitingDelivery> list(Selection selection, @Nullable DeliveryKey after, int limit) {
    Query query =
        new Query(
            """
            select d.message_id, d.ordinal, d.recipient, d.state, d.wish, d.attempts, d.due_at,
              d.last_attempt_at, coalesce(d.wish_reason, d.last_reply) as reason, m.accepted_at,
              m.domain_name, m.stream, m.header_from, m.subject\
            """);
    query.meant(selection);
    query.behind(after);
    try (Connection connection = database.connect();
        PreparedStatement select =
            query.prepare(connection, " order by d.message_id, d.ordinal limit " + limit);
        ResultSet row = select.executeQuery()) {
      List<WaitingDelivery> found = new ArrayList<>();
      while (row.next()) {
        found.add(waiting(row));
      }
      return found;
    } catch (SQLException failure) {
      throw new StorageException("the queue could not be listed", failure);
    }
  }

  /// How many there are that the operation concerns, by state.
  Map<DeliveryState, Long> count(Operation operation, Selection selection, Instant now) {
    Query query = new Query("select d.state, count(*)");
    query.meant(selection);
    query.concerned(operation, now);
    try (Connection connection = database.connect();
        PreparedStatement select = query.prepare(connection, " group by d.state");
        ResultSet row = select.executeQuery()) {
      Map<DeliveryState, Long> counts = new EnumMap<>(DeliveryState.class);
      while (row.next()) {
        counts.put(state(row.getString(1)), row.getLong(2));
      }
      return counts;
    } catch (SQLException failure) {
      throw new StorageException("the queue could not be counted", failure);
    }
  }

  /// A row that an operation concerns.
  ///
  /// @param inHand whether a node has it
  record Concerned(
      DeliveryKey key,
      boolean inHand,
      String recipient,
      String domain,
      int attempts,
      @Nullable Instant sendAt) {}

  /// Some of those that the operation concerns, behind a key and in the order of their keys.
  List<Concerned> concerned(
      Connection connection,
      Operation operation,
      Selection selection,
      @Nullable DeliveryKey after,
      Instant start,
      int limit)
      throws SQLException {
    Query query =
        new Query(
            """
            select d.message_id, d.ordinal, d.owner, d.recipient, m.domain_name, d.attempts,
              m.send_at\
            """);
    query.meant(selection);
    query.concerned(operation, start);
    query.behind(after);
    List<Concerned> rows = new ArrayList<>();
    try (PreparedStatement select =
            query.prepare(connection, " order by d.message_id, d.ordinal limit " + limit + lock());
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        rows.add(
            new Concerned(
                key(row),
                row.getObject("owner") != null,
                row.getString("recipient"),
                row.getString("domain_name"),
                row.getInt("attempts"),
                Columns.optionalInstant(row, "send_at")));
      }
    }
    return rows;
  }

  /// Against another node's claims; on H2 the right to write does it.
  private String lock() {
    return database.dialect() == Dialect.H2 ? "" : " for update of d";
  }

  private static WaitingDelivery waiting(ResultSet row) throws SQLException {
    return new WaitingDelivery(
        key(row),
        row.getString("recipient"),
        state(row.getString("state")),
        row.getString("wish"),
        row.getInt("attempts"),
        Columns.optionalInstant(row, "due_at"),
        row.getInt("attempts") == 0 ? null : Columns.optionalInstant(row, "last_attempt_at"),
        row.getString("reason"),
        new WaitingDelivery.Facts(
            Columns.instant(row, "accepted_at"),
            row.getString("domain_name"),
            row.getString("stream"),
            row.getString("header_from"),
            row.getString("subject")));
  }

  private static DeliveryKey key(ResultSet row) throws SQLException {
    return new DeliveryKey(row.getObject("message_id", UUID.class), row.getInt("ordinal"));
  }

  private static DeliveryState state(String text) throws SQLException {
    return DeliveryState.parse(text)
        .orElseThrow(() -> new SQLException("state \"" + text + "\" (expected: a known one)"));
  }
}

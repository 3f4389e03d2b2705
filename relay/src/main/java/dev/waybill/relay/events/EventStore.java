package dev.waybill.relay.events;

import dev.waybill.relay.storage.Columns;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.GroupCommit;
import dev.waybill.relay.storage.StorageException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.UUID;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// The journal's rows. Any thread may read; writes happen in the caller's transaction.
public final class EventStore implements GroupCommit.Writer<Event> {
  private static final TypeReference<Map<String, String>> FACTS = new TypeReference<>() {};
  private static final int MAX_RECIPIENT = 400;
  private static final int MAX_FACT = 2_000;
  private static final int MAX_FACTS = 20_000;
  private static final String INSERT =
      """
      insert into event (type, at, message_id, ordinal, recipient, domain_name, facts)
      values (?, ?, ?, ?, ?, ?, ?)\
      """;

  private final Database database;
  private final JsonMapper json = JsonMapper.shared();

  EventStore(Database database) {
    this.database = database;
  }

  /// Inserts the events in their order.
  @Override
  public void write(Connection connection, List<Event> events) throws SQLException {
    try (PreparedStatement insert = connection.prepareStatement(INSERT)) {
      for (Event event : events) {
        bind(insert, event);
        insert.addBatch();
      }
      insert.executeBatch();
    }
  }

  private void bind(PreparedStatement insert, Event event) throws SQLException {
    insert.setString(1, event.type().text());
    insert.setObject(2, Columns.timestamp(event.at()));
    DeliveryKey delivery = event.delivery();
    if (delivery == null) {
      insert.setNull(3, Types.OTHER);
      insert.setNull(4, Types.INTEGER);
    } else {
      insert.setObject(3, delivery.messageId());
      insert.setInt(4, delivery.ordinal());
    }
    insert.setString(5, Columns.text(event.recipient(), MAX_RECIPIENT));
    insert.setString(6, event.domain());
    insert.setString(7, factsText(event.facts()));
  }

  void append(Handle handle, List<Event> events) {
    try {
      write(handle.getConnection(), events);
    } catch (SQLException failure) {
      throw new StorageException("events could not be written", failure);
    }
  }

  /// Inserts one event and gives its place in the journal.
  long append(Handle handle, Event event) {
    try (PreparedStatement insert =
        handle.getConnection().prepareStatement(INSERT, new String[] {"seq"})) {
      bind(insert, event);
      insert.executeUpdate();
      try (ResultSet place = insert.getGeneratedKeys()) {
        if (!place.next()) {
          throw new SQLException("an event got no place in the journal");
        }
        return place.getLong(1);
      }
    } catch (SQLException failure) {
      throw new StorageException("an event could not be written", failure);
    }
  }

  boolean has(Handle handle, DeliveryKey delivery, EventType type) {
    return handle
        .createQuery(
            """
            select 1 from event where message_id = :message and ordinal = :ordinal and type = :type
            fetch first 1 row only
            """)
        .bind("message", delivery.messageId())
        .bind("ordinal", delivery.ordinal())
        .bind("type", type.text())
        .mapTo(Integer.class)
        .findOne()
        .isPresent();
  }

  List<Journal.Entry> read(Journal.Filter filter, int limit) {
    StringBuilder sql = new StringBuilder("select * from event where 1 = 1");
    List<Object> values = new ArrayList<>();
    if (filter.after() > 0) {
      sql.append(filter.newestFirst() ? " and seq < ?" : " and seq > ?");
      values.add(filter.after());
    }
    if (filter.type() != null) {
      sql.append(" and type = ?");
      values.add(filter.type().text());
    }
    if (filter.messageId() != null) {
      sql.append(" and message_id = ?");
      values.add(filter.messageId());
    }
    sql.append(" order by seq").append(filter.newestFirst() ? " desc" : "").append(" limit ?");
    values.add(limit);
    return query(sql.toString(), values);
  }

  Optional<Event> first(DeliveryKey delivery) {
    List<Journal.Entry> entries =
        query(
            "select * from event where message_id = ? and ordinal = ? order by seq limit 1",
            List.of(delivery.messageId(), delivery.ordinal()));
    return entries.stream().findFirst().map(Journal.Entry::event);
  }

  Optional<Event> first(UUID messageId, String recipient) {
    List<Journal.Entry> entries =
        query(
            "select * from event where message_id = ? and recipient = ? order by seq limit 1",
            List.of(messageId, recipient));
    return entries.stream().findFirst().map(Journal.Entry::event);
  }

  List<Event> of(DeliveryKey delivery, int limit) {
    return events(
        query(
            "select * from event where message_id = ? and ordinal = ? order by seq limit ?",
            List.of(delivery.messageId(), delivery.ordinal(), limit)));
  }

  /// A recipient begins with being accepted, at once or for later, or with being suppressed.
  List<Event> recipients(UUID messageId, int limit) {
    return events(
        query(
            """
            select * from event e where message_id = ? and ordinal < ?
              and type in ('email.sent', 'email.scheduled', 'email.suppressed')
              and not exists (select 1 from event f
                where f.message_id = e.message_id and f.ordinal = e.ordinal and f.seq < e.seq)
            order by ordinal\
            """,
            List.of(messageId, limit)));
  }

  private static List<Event> events(List<Journal.Entry> entries) {
    return entries.stream().map(Journal.Entry::event).toList();
  }

  private List<Journal.Entry> query(String sql, List<Object> values) {
    try (Connection connection = database.connect();
        PreparedStatement select = connection.prepareStatement(sql)) {
      for (int i = 0; i < values.size(); i++) {
        select.setObject(i + 1, values.get(i));
      }
      List<Journal.Entry> entries = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          readEntry(row).ifPresent(entries::add);
        }
      }
      return entries;
    } catch (SQLException failure) {
      throw new StorageException("the journal could not be read", failure);
    }
  }

  /// A type that this version does not know was written by a newer one and is skipped.
  private Optional<Journal.Entry> readEntry(ResultSet row) throws SQLException {
    Optional<EventType> type = EventType.parse(row.getString("type"));
    if (type.isEmpty()) {
      return Optional.empty();
    }
    UUID messageId = row.getObject("message_id", UUID.class);
    Event event =
        new Event(
            type.get(),
            Columns.instant(row, "at"),
            deliveryKey(messageId, row.getInt("ordinal")),
            row.getString("recipient"),
            row.getString("domain_name"),
            json.readValue(row.getString("facts"), FACTS));
    return Optional.of(new Journal.Entry(row.getLong("seq"), event));
  }

  private static @Nullable DeliveryKey deliveryKey(@Nullable UUID messageId, int ordinal) {
    return messageId == null ? null : new DeliveryKey(messageId, ordinal);
  }

  private String factsText(Map<String, String> facts) {
    if (facts.isEmpty()) {
      return "{}";
    }
    Map<String, String> bounded = new TreeMap<>();
    int room = MAX_FACTS / 2;
    for (Map.Entry<String, String> fact : facts.entrySet()) {
      String value = Columns.required(fact.getValue(), MAX_FACT);
      room -= fact.getKey().length() + value.length();
      if (room > 0) {
        bounded.put(fact.getKey(), value);
      }
    }
    String text = json.writeValueAsString(bounded);
    return text.length() <= MAX_FACTS ? text : "{}";
  }
}

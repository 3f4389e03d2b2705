package dev.waybill.relay.queue;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.storage.Columns;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.GroupCommit;
import dev.waybill.relay.storage.StorageException;
import dev.waybill.relay.streams.Stream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.type.TypeReference;
import tools.jackson.databind.json.JsonMapper;

/// Reads accepted messages back, sums the queue up, and forgets what is old. Any thread may read;
/// the sweep is written by the committing thread.
final class MessageStore implements GroupCommit.Writer<Instant> {
  private static final TypeReference<Map<String, String>> METADATA = new TypeReference<>() {};
  private static final int DESTINATIONS = 100;
  private static final int FORGET_AT_ONCE = 2_000;

  private final Database database;
  private final BodyStore bodies;
  private final JsonMapper json = JsonMapper.shared();

  MessageStore(Database database, BodyStore bodies) {
    this.database = database;
    this.bodies = bodies;
  }

  /// The messages of the given ids; one that is missing is left out.
  Map<UUID, StoredMessage> load(Collection<UUID> ids) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    String marks = String.join(", ", Collections.nCopies(ids.size(), "?"));
    try (Connection connection = database.connect();
        PreparedStatement select =
            connection.prepareStatement("select * from message where id in (" + marks + ")")) {
      int index = 1;
      for (UUID id : ids) {
        select.setObject(index++, id);
      }
      Map<UUID, StoredMessage> messages = new HashMap<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          MessageFacts facts = facts(row);
          messages.put(facts.id(), onDisk(facts, location(row)));
        }
      }
      return messages;
    } catch (SQLException failure) {
      throw new StorageException("messages could not be read", failure);
    }
  }

  /// The bytes of a message as submitted, while they are kept.
  Optional<byte[]> body(UUID id) {
    StoredMessage message = load(List.of(id)).get(id);
    if (message == null) {
      return Optional.empty();
    }
    try {
      return Optional.of(message.bytes());
    } catch (UncheckedIOException gone) {
      return Optional.empty();
    }
  }

  StoredMessage onDisk(MessageFacts facts, BodyLocation location) {
    return StoredMessage.onDisk(facts, () -> bodies.read(facts.id(), location));
  }

  QueueSummary summary() {
    try (Connection connection = database.connect()) {
      Map<String, Long> states = new HashMap<>();
      for (String state : List.of("scheduled", "queued", "sending", "deferred", "held")) {
        states.put(state, 0L);
      }
      try (PreparedStatement select =
              connection.prepareStatement("select state, count(*) from delivery group by state");
          ResultSet row = select.executeQuery()) {
        while (row.next()) {
          states.put(row.getString(1), row.getLong(2));
        }
      }
      return new QueueSummary(states, oldest(connection), destinations(connection));
    } catch (SQLException failure) {
      throw new StorageException("the queue could not be summed up", failure);
    }
  }

  /// Removes bodies that nobody needs, and settled messages and events from before the given time.
  @Override
  public void write(Connection connection, List<Instant> cutoffs) throws SQLException {
    try {
      bodies.sweep(connection);
    } catch (IOException failure) {
      throw new SQLException("bodies could not be removed", failure);
    }
    for (Instant cutoff : cutoffs) {
      forget(
          connection,
          cutoff,
          "delete from event where seq in (select seq from event"
              + " where at < ? order by seq limit "
              + FORGET_AT_ONCE
              + ")");
      forget(
          connection,
          cutoff,
          "delete from message where id in (select m.id from message m"
              + " where m.accepted_at < ? and not exists"
              + " (select 1 from delivery d where d.message_id = m.id)"
              + " order by m.id limit "
              + FORGET_AT_ONCE
              + ")");
    }
  }

  private static void forget(Connection connection, Instant cutoff, String sql)
      throws SQLException {
    try (PreparedStatement delete = connection.prepareStatement(sql)) {
      delete.setObject(1, Columns.timestamp(cutoff));
      delete.executeUpdate();
    }
  }

  private static @Nullable Instant oldest(Connection connection) throws SQLException {
    try (PreparedStatement select =
            connection.prepareStatement(
                """
                select accepted_at from message
                where id = (select message_id from delivery order by message_id limit 1)\
                """);
        ResultSet row = select.executeQuery()) {
      return row.next() ? Columns.instant(row, "accepted_at") : null;
    }
  }

  private static List<QueueSummary.Destination> destinations(Connection connection)
      throws SQLException {
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            select recipient_domain, count(*) as deliveries, min(due_at) as next_attempt_at,
              max(last_reply) as last_reply
            from delivery group by recipient_domain order by deliveries desc, recipient_domain
            limit ?\
            """)) {
      select.setInt(1, DESTINATIONS);
      List<QueueSummary.Destination> destinations = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          destinations.add(
              new QueueSummary.Destination(
                  row.getString("recipient_domain"),
                  row.getLong("deliveries"),
                  Columns.optionalInstant(row, "next_attempt_at"),
                  row.getString("last_reply")));
        }
      }
      return destinations;
    }
  }

  private static BodyLocation location(ResultSet row) throws SQLException {
    return new BodyLocation(row.getLong("body_segment"), row.getLong("body_offset"));
  }

  private MessageFacts facts(ResultSet row) throws SQLException {
    String stream = row.getString("stream");
    return new MessageFacts(
        row.getObject("id", UUID.class),
        Columns.instant(row, "accepted_at"),
        Columns.optionalInstant(row, "send_at"),
        row.getObject("domain_id", UUID.class),
        new DomainName(row.getString("domain_name")),
        row.getString("header_from"),
        row.getString("subject"),
        Stream.parse(stream)
            .orElseThrow(
                () -> new SQLException("stream \"" + stream + "\" (expected: a known one)")),
        row.getString("tag"),
        json.readValue(row.getString("metadata"), METADATA),
        optionalBoolean(row, "track_opens"),
        optionalBoolean(row, "track_clicks"),
        row.getString("received"),
        row.getLong("size"),
        row.getBoolean("eight_bit"),
        row.getBoolean("smtp_utf8"));
  }

  private static @Nullable Boolean optionalBoolean(ResultSet row, String column)
      throws SQLException {
    boolean value = row.getBoolean(column);
    return row.wasNull() ? null : value;
  }
}

package dev.waybill.relay.queue;

import dev.waybill.relay.idempotency.IdempotencyStore;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.storage.Columns;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.GroupCommit;
import dev.waybill.relay.storage.StorageException;
import dev.waybill.relay.streams.Stream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.time.InstantSource;
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

/// Reads accepted messages back and forgets what is old. Any thread may read; what is old is
/// removed by the committing thread.
final class MessageStore implements GroupCommit.Writer<Instant> {
  private static final TypeReference<Map<String, String>> METADATA = new TypeReference<>() {};
  private static final int FORGET_AT_ONCE = 2_000;
  private static final UUID FIRST = new UUID(0, 0);

  private final Database database;
  private final BodyStore bodies;
  private final InstantSource clock;
  private final JsonMapper json = JsonMapper.shared();
  private volatile boolean moreToForget;

  /// The committing thread's own.
  private UUID forgottenUpTo = FIRST;

  MessageStore(Database database, BodyStore bodies, InstantSource clock) {
    this.database = database;
    this.clock = clock;
    this.bodies = bodies;
  }

  /// The messages of the given ids; one that is missing is left out.
  Map<UUID, StoredMessage> load(Collection<UUID> ids) {
    if (ids.isEmpty()) {
      return Map.of();
    }
    try (Connection connection = database.connect();
        PreparedStatement select =
            connection.prepareStatement("select * from message where id = any(?)")) {
      select.setArray(1, connection.createArrayOf("uuid", ids.toArray()));
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
    return StoredMessage.onDisk(facts, () -> read(facts.id(), location));
  }

  /// A body can have been copied forward, and its old segment removed, since its place was read.
  private byte[] read(UUID id, BodyLocation location) throws IOException {
    try {
      return bodies.read(id, location);
    } catch (NoSuchFileException moved) {
      BodyLocation current = locate(id);
      if (current.equals(location)) {
        throw moved;
      }
      return bodies.read(id, current);
    }
  }

  private BodyLocation locate(UUID id) throws IOException {
    try (Connection connection = database.connect();
        PreparedStatement select =
            connection.prepareStatement(
                "select body_segment, body_offset from message where id = ?")) {
      select.setObject(1, id);
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          throw new IOException("there is no message " + id);
        }
        return location(row);
      }
    } catch (SQLException failure) {
      throw new IOException("the body of " + id + " cannot be found", failure);
    }
  }

  /// Whether room on the disk could be made by retaining less.
  boolean retainsBodies() {
    return bodies.retains();
  }

  /// Removes bodies that nobody needs and that were retained for long enough.
  ///
  /// @param wanted how many octets the disk lacks; 0 for none
  /// @return bodies to be copied forward
  List<BodyStore.Survivor> sweepBodies(long wanted) {
    try {
      return bodies.sweep(clock.instant(), wanted);
    } catch (SQLException | IOException failure) {
      throw new StorageException("bodies could not be removed", failure);
    }
  }

  /// Whether the last removal stopped at its bound.
  boolean hasMoreToForget() {
    return moreToForget;
  }

  /// Removes settled messages and events from before the given time, some at once. Both are walked
  /// from the oldest on, so that what is young costs nothing.
  @Override
  public void write(Connection connection, List<Instant> cutoffs) throws SQLException {
    Instant cutoff = Collections.max(cutoffs);
    IdempotencyStore.forget(connection, clock.instant());
    boolean more = forgetEvents(connection, cutoff);
    moreToForget = forgetMessages(connection, cutoff) || more;
  }

  private static boolean forgetEvents(Connection connection, Instant cutoff) throws SQLException {
    int old = 0;
    long last = 0;
    try (PreparedStatement select =
            connection.prepareStatement(
                "select seq, at from event order by seq limit " + FORGET_AT_ONCE);
        ResultSet row = select.executeQuery()) {
      while (row.next() && Columns.instant(row, "at").isBefore(cutoff)) {
        last = row.getLong("seq");
        old++;
      }
    }
    if (old > 0) {
      try (PreparedStatement delete =
          connection.prepareStatement("delete from event where seq <= ?")) {
        delete.setLong(1, last);
        delete.executeUpdate();
      }
    }
    return old == FORGET_AT_ONCE;
  }

  /// A message that is still being delivered is passed over, and seen again by the next round.
  private boolean forgetMessages(Connection connection, Instant cutoff) throws SQLException {
    List<UUID> old = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "select id, accepted_at from message where id > ? order by id limit "
                + FORGET_AT_ONCE)) {
      select.setObject(1, forgottenUpTo);
      try (ResultSet row = select.executeQuery()) {
        while (row.next() && Columns.instant(row, "accepted_at").isBefore(cutoff)) {
          old.add(row.getObject("id", UUID.class));
        }
      }
    }
    try (PreparedStatement delete =
        connection.prepareStatement(
            """
            delete from message m where m.id = ?
              and not exists (select 1 from delivery d where d.message_id = m.id)\
            """)) {
      for (UUID id : old) {
        delete.setObject(1, id);
        delete.addBatch();
      }
      delete.executeBatch();
    }
    boolean more = old.size() == FORGET_AT_ONCE;
    forgottenUpTo = more ? old.getLast() : FIRST;
    return more;
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

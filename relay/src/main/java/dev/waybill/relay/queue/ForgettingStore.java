package dev.waybill.relay.queue;

import dev.waybill.relay.clock.TimeOrderedIds;
import dev.waybill.relay.idempotency.IdempotencyStore;
import dev.waybill.relay.storage.Columns;
import dev.waybill.relay.storage.GroupCommit;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/// Removes settled messages and events when their time is over, some at once, on the committing
/// thread. Both are walked from the oldest on, so that what is young costs nothing.
///
/// As a lane of the commit it is told to look by the time of looking.
final class ForgettingStore implements GroupCommit.Writer<Instant> {
  private static final int AT_ONCE = 2_000;
  private static final UUID FIRST = new UUID(0, 0);

  private final Duration retention;
  private final Map<String, Duration> ofStreams;
  private final InstantSource clock;
  private volatile boolean more;

  /// The committing thread's own: behind which message the next walk goes on.
  private UUID forgottenUpTo = FIRST;

  private final Map<String, UUID> forgottenOfStreams = new HashMap<>();

  /// @param retention how long settled messages and events stay
  /// @param ofStreams by a stream's name, how long its own stay; shorter than `retention`
  ForgettingStore(Duration retention, Map<String, Duration> ofStreams, InstantSource clock) {
    this.retention = retention;
    this.ofStreams = Map.copyOf(ofStreams);
    this.clock = clock;
  }

  /// Whether the last removal stopped at its bound.
  boolean hasMore() {
    return more;
  }

  @Override
  public void write(Connection connection, List<Instant> looks) throws SQLException {
    Instant now = clock.instant();
    IdempotencyStore.forget(connection, now);
    boolean stopped = forgetEvents(connection, now.minus(retention));
    stopped |= forgetMessages(connection, now.minus(retention));
    for (Map.Entry<String, Duration> stream : ofStreams.entrySet()) {
      stopped |= forgetStream(connection, stream.getKey(), now.minus(stream.getValue()));
    }
    more = stopped;
  }

  private static boolean forgetEvents(Connection connection, Instant cutoff) throws SQLException {
    int old = 0;
    long last = 0;
    try (PreparedStatement select =
            connection.prepareStatement("select seq, at from event order by seq limit " + AT_ONCE);
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
    return old == AT_ONCE;
  }

  /// A message that is still being delivered is passed over, and seen again by the next round.
  private boolean forgetMessages(Connection connection, Instant cutoff) throws SQLException {
    List<UUID> old = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            "select id, accepted_at from message where id > ? order by id limit " + AT_ONCE)) {
      select.setObject(1, forgottenUpTo);
      try (ResultSet row = select.executeQuery()) {
        while (row.next() && Columns.instant(row, "accepted_at").isBefore(cutoff)) {
          old.add(row.getObject("id", UUID.class));
        }
      }
    }
    deleteSettled(connection, old);
    boolean stopped = old.size() == AT_ONCE;
    forgottenUpTo = stopped ? old.getLast() : FIRST;
    return stopped;
  }

  /// Those of one stream with their events. Each message is looked at once, when its time has come:
  /// one that is still being delivered then goes with all others when `retention` is over.
  private boolean forgetStream(Connection connection, String stream, Instant cutoff)
      throws SQLException {
    List<UUID> old = new ArrayList<>();
    UUID last = forgottenOfStreams.getOrDefault(stream, FIRST);
    int seen = 0;
    try (PreparedStatement select =
        connection.prepareStatement(
            "select id, stream from message where id > ? and id < ? order by id limit "
                + AT_ONCE)) {
      select.setObject(1, last);
      select.setObject(2, TimeOrderedIds.firstOf(cutoff));
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          last = row.getObject("id", UUID.class);
          seen++;
          if (row.getString("stream").equals(stream)) {
            old.add(last);
          }
        }
      }
    }
    int[] deleted = deleteSettled(connection, old);
    try (PreparedStatement events =
        connection.prepareStatement("delete from event where message_id = ?")) {
      for (int i = 0; i < deleted.length; i++) {
        if (deleted[i] > 0) {
          events.setObject(1, old.get(i));
          events.addBatch();
        }
      }
      events.executeBatch();
    }
    forgottenOfStreams.put(stream, last);
    return seen == AT_ONCE;
  }

  /// @return for each whether it was settled: positive or not
  private static int[] deleteSettled(Connection connection, List<UUID> messages)
      throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            """
            delete from message m where m.id = ?
              and not exists (select 1 from delivery d where d.message_id = m.id)\
            """)) {
      for (UUID id : messages) {
        delete.setObject(1, id);
        delete.addBatch();
      }
      return delete.executeBatch();
    }
  }
}

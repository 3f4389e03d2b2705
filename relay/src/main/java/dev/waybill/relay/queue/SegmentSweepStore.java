package dev.waybill.relay.queue;

import dev.waybill.relay.storage.Columns;
import dev.waybill.relay.storage.Database;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Decides which closed segments go. What a waiting delivery needs never goes; beyond that a
/// segment is retained until its newest body is old enough, the whole is too large, or the disk is
/// nearly full: the oldest goes first.
///
/// Any thread may sweep; one does at a time.
final class SegmentSweepStore {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentSweepStore.class);

  /// Survivors are copied forward when they are so few and so small a part of their segment.
  private static final int MAX_SURVIVORS = 1_000;

  private static final int SMALL_PART = 4;

  /// An id is made when a message begins to come in, and its time of acceptance is the end.
  private static final Duration LONGEST_SUBMISSION = Duration.ofDays(1);

  private final Database database;
  private final SegmentFolder folder;
  private final Map<Long, Instant> newest;
  private final QueueSettings.Retention retention;
  private final long maxSegment;
  private final long firstOfThisProcess;

  /// From when on each closed segment's age counts.
  private final Map<Long, Instant> ends = new HashMap<>();

  /// What was closed at the last sweep.
  private long closedBelow;

  private boolean learnt;
  private volatile boolean retains = true;

  /// @param newest when the newest body of each segment of this process was accepted
  /// @param firstOfThisProcess no earlier process wrote this segment or a later one
  SegmentSweepStore(
      QueueSettings settings,
      Database database,
      SegmentFolder folder,
      Map<Long, Instant> newest,
      long firstOfThisProcess) {
    this.database = database;
    this.folder = folder;
    this.newest = newest;
    this.retention = settings.retention();
    this.maxSegment = settings.limits().segmentBytes();
    this.firstOfThisProcess = firstOfThisProcess;
    this.closedBelow = firstOfThisProcess;
  }

  /// Whether the last sweep left something that no delivery needs; true before the first.
  boolean retains() {
    return retains;
  }

  /// Deletes closed segments into which no waiting delivery points.
  ///
  /// What lies in a segment has its rows before the next segment is begun, and none is added later;
  /// for good measure a segment must have been closed at the last sweep too. And what is read here
  /// is made durable before a file goes, so no body is removed because of a settlement that a crash
  /// could still undo.
  ///
  /// @param open the segment that is appended to
  /// @param wanted how many octets the disk lacks; none for 0 or less
  /// @return bodies that alone keep a segment from going
  synchronized List<BodyStore.Survivor> sweep(long open, Instant now, long wanted)
      throws SQLException, IOException {
    SortedSet<Long> closed = new TreeSet<>(folder.numbers().headSet(closedBelow));
    closedBelow = open;
    ends.keySet().retainAll(closed);
    if (closed.isEmpty()) {
      retains = false;
      return List.of();
    }
    try (Connection connection = database.connect()) {
      learnAges(connection, closed, now);
      Map<Long, Long> needed = deliveriesBySegment(connection, closed);
      SortedSet<Long> due = due(closed, needed, now, wanted);
      SortedSet<Long> unneeded = new TreeSet<>(due);
      unneeded.removeAll(needed.keySet());
      if (!unneeded.isEmpty()) {
        try (var _ = database.writing()) {
          // of the database that was asked, not of one that was opened since with the rows in it
          database.sync(connection);
        }
      }
      for (long number : unneeded) {
        folder.delete(number);
        newest.remove(number);
        LOG.debug("segment {} removed: all its messages are settled", number);
      }
      closed.removeAll(unneeded);
      retains = !needed.keySet().containsAll(closed);
      needed.keySet().retainAll(due);
      Optional<Map.Entry<Long, Long>> least =
          needed.entrySet().stream().min(Map.Entry.comparingByValue());
      return least.isPresent() ? survivors(connection, least.get().getKey()) : List.of();
    }
  }

  /// A clock that went back makes nothing older than now; what an earlier process wrote is asked of
  /// the rows, once, as far back as it matters.
  private void learnAges(Connection connection, SortedSet<Long> closed, Instant now)
      throws SQLException {
    if (!learnt) {
      if (retention.raw().isPositive() && closed.first() < firstOfThisProcess) {
        ends.putAll(newestBefore(connection, now));
      }
      learnt = true;
    }
    for (long number : closed) {
      Instant end = ends.getOrDefault(number, newest.getOrDefault(number, Instant.EPOCH));
      ends.put(number, end.isBefore(now) ? end : now);
    }
  }

  /// The newest acceptance in each segment, but for segments that have none in the time for which
  /// bodies are retained.
  private Map<Long, Instant> newestBefore(Connection connection, Instant now) throws SQLException {
    Instant since = now.minus(retention.raw()).minus(LONGEST_SUBMISSION);
    Map<Long, Instant> found = new HashMap<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            select body_segment, max(accepted_at) as newest from message
            where id > ? group by body_segment\
            """)) {
      select.setObject(1, new UUID(Math.max(0, since.toEpochMilli()) << 16, 0));
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          found.put(row.getLong(1), Columns.instant(row, "newest"));
        }
      }
    }
    return found;
  }

  /// Those that are to go, or to be emptied first: too old, or too much from the oldest on.
  private SortedSet<Long> due(
      SortedSet<Long> closed, Map<Long, Long> needed, Instant now, long wanted) throws IOException {
    Map<Long, Long> sizes = new HashMap<>();
    long excess = -retention.rawSize();
    for (long number : closed) {
      if (needed.getOrDefault(number, 0L) <= MAX_SURVIVORS) {
        long size = folder.size(number);
        sizes.put(number, size);
        excess += size;
      }
    }
    SortedSet<Long> due = new TreeSet<>();
    long lacking = wanted;
    for (long number : closed) {
      Long size = sizes.get(number);
      if (size == null) {
        continue;
      }
      boolean old = !ends.getOrDefault(number, now).plus(retention.raw()).isAfter(now);
      if (old || excess > 0 || lacking > 0) {
        due.add(number);
        excess -= size;
        lacking -= needed.containsKey(number) ? 0 : size;
      }
    }
    return due;
  }

  private static Map<Long, Long> deliveriesBySegment(
      Connection connection, SortedSet<Long> segments) throws SQLException {
    Map<Long, Long> deliveries = new HashMap<>();
    try (PreparedStatement select =
            connection.prepareStatement(
                "select body_segment, count(*) from delivery group by body_segment");
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        if (segments.contains(row.getLong(1))) {
          deliveries.put(row.getLong(1), row.getLong(2));
        }
      }
    }
    return deliveries;
  }

  /// Those of a segment; none when they are too large a part of it.
  private List<BodyStore.Survivor> survivors(Connection connection, long segment)
      throws SQLException {
    List<BodyStore.Survivor> survivors = new ArrayList<>();
    long octets = 0;
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            select id, body_offset, size from message
            where body_segment = ? and id in
              (select message_id from delivery where body_segment = ?)\
            """)) {
      select.setLong(1, segment);
      select.setLong(2, segment);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          octets += SegmentFolder.HEADER + row.getLong(3);
          survivors.add(
              new BodyStore.Survivor(
                  row.getObject(1, UUID.class), new BodyLocation(segment, row.getLong(2))));
        }
      }
    }
    return octets <= maxSegment / SMALL_PART ? survivors : List.of();
  }
}

package dev.waybill.relay.breakers;

import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.storage.StorageException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.BiConsumer;
import java.util.function.Predicate;
import org.jdbi.v3.core.Handle;

/// Counts what became of copies and writes it in the transaction that tells of them: some rows for
/// a whole batch. Confined to the thread that writes the batch.
public final class TallyStore {
  /// Where figures are added up.
  private record Place(BreakerKey key, long hour) implements Comparable<Place> {
    @Override
    public int compareTo(Place other) {
      int byKey = key.compareTo(other.key);
      return byKey == 0 ? Long.compare(hour, other.hour) : byKey;
    }
  }

  private final int slot;
  private final Predicate<String> counted;
  private final BiConsumer<BreakerKey, Figures> written;

  /// In an order that all nodes share: each locks the rows in turn.
  private final SortedMap<Place, Figures> counts = new TreeMap<>();

  /// @param slot of the rows that are written
  /// @param counted whether anybody wants to know of a stream, by its name
  /// @param written hears what was added for each stream
  TallyStore(int slot, Predicate<String> counted, BiConsumer<BreakerKey, Figures> written) {
    this.slot = slot;
    this.counted = counted;
    this.written = written;
  }

  /// The hour that a time belongs to, counted from 1970.
  static long hour(Instant at) {
    return Math.floorDiv(at.getEpochSecond(), 3_600L);
  }

  /// Counts what an attempt came to; everything but a delivery and a refusal is passed over.
  public void settled(Event event, String domain, String stream) {
    if (event.type() == EventType.EMAIL_DELIVERED) {
      add(new BreakerKey(domain, stream), event.at(), Figures.DELIVERED);
    } else if (event.type() == EventType.EMAIL_BOUNCED) {
      boolean hard = "hard".equals(event.facts().get("permanence"));
      add(
          new BreakerKey(domain, stream),
          event.at(),
          hard ? Figures.REFUSED_HARD : Figures.REFUSED);
    }
  }

  /// @param at when the copy was delivered or refused
  void add(BreakerKey key, Instant at, Figures more) {
    if (counted.test(key.stream())) {
      counts.merge(new Place(key, hour(at)), more, Figures::plus);
    }
  }

  /// Adds everything to what is stored, last in its transaction: other nodes wait for the rows.
  ///
  /// @throws SQLException also when another node counted the first of the hour at the same moment
  public void write(Connection connection) throws SQLException {
    if (counts.isEmpty()) {
      return;
    }
    try (PreparedStatement update =
            connection.prepareStatement(
                """
                update stream_hour set delivered = delivered + ?, refused = refused + ?,
                  hard = hard + ?, complained = complained + ?
                where domain_name = ? and stream = ? and on_hour = ? and slot = ?\
                """);
        PreparedStatement insert =
            connection.prepareStatement(
                """
                insert into stream_hour (delivered, refused, hard, complained,
                  domain_name, stream, on_hour, slot) values (?, ?, ?, ?, ?, ?, ?, ?)\
                """)) {
      List<Map.Entry<Place, Figures>> entries = List.copyOf(counts.entrySet());
      for (Map.Entry<Place, Figures> entry : entries) {
        bind(update, entry.getKey(), entry.getValue());
        update.addBatch();
      }
      int[] updated = update.executeBatch();
      boolean isAnyNew = false;
      for (int i = 0; i < updated.length; i++) {
        if (updated[i] == 0) {
          bind(insert, entries.get(i).getKey(), entries.get(i).getValue());
          insert.addBatch();
          isAnyNew = true;
        }
      }
      if (isAnyNew) {
        insert.executeBatch();
      }
    }
    counts.forEach((place, more) -> written.accept(place.key(), more));
  }

  /// As [#write(Connection)], in somebody's open transaction.
  void write(Handle handle) {
    try {
      write(handle.getConnection());
    } catch (SQLException failure) {
      throw new StorageException("figures of a stream could not be written", failure);
    }
  }

  private void bind(PreparedStatement statement, Place place, Figures more) throws SQLException {
    statement.setLong(1, more.delivered());
    statement.setLong(2, more.refused());
    statement.setLong(3, more.hard());
    statement.setLong(4, more.complained());
    statement.setString(5, place.key().domain());
    statement.setString(6, place.key().stream());
    statement.setLong(7, place.hour());
    statement.setInt(8, slot);
  }
}

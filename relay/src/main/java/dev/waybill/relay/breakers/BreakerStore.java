package dev.waybill.relay.breakers;

import dev.waybill.relay.storage.Columns;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.StorageException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;

/// The rows of breakers and their figures. Any thread.
final class BreakerStore {
  private static final String OF = " where domain_name = ? and stream = ?";

  private final Database database;
  private final BreakerSettings.Windows windows;

  BreakerStore(Database database, BreakerSettings.Windows windows) {
    this.database = database;
    this.windows = windows;
  }

  /// All that ever were anything but `ok`, without their figures.
  SortedMap<BreakerKey, Breaker> states() {
    try (Connection connection = database.connect();
        PreparedStatement select =
            connection.prepareStatement("select * from breaker order by domain_name, stream");
        ResultSet row = select.executeQuery()) {
      SortedMap<BreakerKey, Breaker> found = new TreeMap<>();
      while (row.next()) {
        Breaker breaker = breaker(row);
        found.put(breaker.key(), breaker);
      }
      return found;
    } catch (SQLException failure) {
      throw unreadable(failure);
    }
  }

  /// Every stream with mail in the long window, with its figures.
  ///
  /// @param domain only of this domain; null for all
  /// @param stream only of the stream of this name; null for all
  Map<BreakerKey, List<Figures>> figures(
      Instant now, @Nullable String domain, @Nullable String stream) {
    String sql =
        "select domain_name, stream, on_hour, sum(delivered) as delivered, sum(refused) as refused,"
            + " sum(hard) as hard, sum(complained) as complained from stream_hour"
            + " where on_hour > ?"
            + (domain == null ? "" : " and domain_name = ?")
            + (stream == null ? "" : " and stream = ?")
            + " group by domain_name, stream, on_hour";
    long recent = since(now, windows.recent());
    try (Connection connection = database.connect();
        PreparedStatement select = connection.prepareStatement(sql)) {
      select.setLong(1, since(now, windows.longer()));
      int gap = 2;
      for (String condition : Stream.of(domain, stream).filter(Objects::nonNull).toList()) {
        select.setString(gap++, condition);
      }
      Map<BreakerKey, List<Figures>> found = new TreeMap<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          BreakerKey key = new BreakerKey(row.getString("domain_name"), row.getString("stream"));
          Figures hour =
              new Figures(
                  row.getLong("delivered"),
                  row.getLong("refused"),
                  row.getLong("hard"),
                  row.getLong("complained"));
          Figures lately = row.getLong("on_hour") > recent ? hour : Figures.NONE;
          found.merge(
              key,
              List.of(lately, hour),
              (one, other) ->
                  List.of(
                      one.getFirst().plus(other.getFirst()), one.getLast().plus(other.getLast())));
        }
      }
      return found;
    } catch (SQLException failure) {
      throw unreadable(failure);
    }
  }

  /// The hour that is the last one outside a window.
  private static long since(Instant now, Duration window) {
    return TallyStore.hour(now.minus(window));
  }

  /// Streams of which anything bad was counted in the long window.
  List<BreakerKey> withBadNews(Instant now) {
    try (Connection connection = database.connect();
        PreparedStatement select =
            connection.prepareStatement(
                "select distinct domain_name, stream from stream_hour"
                    + " where on_hour > ? and (hard > 0 or complained > 0)")) {
      select.setLong(1, since(now, windows.longer()));
      List<BreakerKey> found = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          found.add(new BreakerKey(row.getString(1), row.getString(2)));
        }
      }
      return found;
    } catch (SQLException failure) {
      throw unreadable(failure);
    }
  }

  /// Removes what is older than the long window.
  void forget(Instant now) {
    try (var _ = database.writing();
        Connection connection = database.connect();
        PreparedStatement delete =
            connection.prepareStatement("delete from stream_hour where on_hour <= ?")) {
      delete.setLong(1, since(now, windows.longer()));
      delete.executeUpdate();
    } catch (SQLException failure) {
      throw new StorageException("old figures could not be removed", failure);
    }
  }

  /// From when on copies of the stream count; null for always.
  static @Nullable Instant countedFrom(Handle handle, BreakerKey key) {
    try (PreparedStatement select =
        handle.getConnection().prepareStatement("select counted_from from breaker" + OF)) {
      setKey(select, 1, key);
      try (ResultSet row = select.executeQuery()) {
        return row.next() ? Columns.optionalInstant(row, "counted_from") : null;
      }
    } catch (SQLException failure) {
      throw unreadable(failure);
    }
  }

  /// Changes the state, unless another node just did.
  ///
  /// @param from the state as it was last seen
  /// @return whether it was changed
  static boolean change(
      Handle handle, Breaker from, BreakerState to, @Nullable String reason, Instant now) {
    try (PreparedStatement update =
            handle
                .getConnection()
                .prepareStatement(
                    "update breaker set state = ?, since = ?, reason = ?" + OF + " and state = ?");
        PreparedStatement insert =
            handle
                .getConnection()
                .prepareStatement(
                    "insert into breaker (state, since, reason, domain_name, stream)"
                        + " values (?, ?, ?, ?, ?)")) {
      bind(update, to, now, reason, from.key());
      update.setString(6, from.state().text());
      if (update.executeUpdate() == 1) {
        return true;
      }
      if (from.since() != null) {
        return false;
      }
      bind(insert, to, now, reason, from.key());
      return insert.executeUpdate() == 1;
    } catch (SQLException failure) {
      throw unwritable(failure);
    }
  }

  private static void bind(
      PreparedStatement statement,
      BreakerState to,
      Instant now,
      @Nullable String reason,
      BreakerKey key)
      throws SQLException {
    statement.setString(1, to.text());
    statement.setObject(2, Columns.timestamp(now));
    statement.setString(3, Columns.text(reason, 200));
    setKey(statement, 4, key);
  }

  /// Forgets the figures; copies that were delivered before now count no more.
  static void countAnew(Handle handle, BreakerKey key, Instant now) {
    try (PreparedStatement update =
            handle.getConnection().prepareStatement("update breaker set counted_from = ?" + OF);
        PreparedStatement delete =
            handle.getConnection().prepareStatement("delete from stream_hour" + OF)) {
      update.setObject(1, Columns.timestamp(now));
      setKey(update, 2, key);
      update.executeUpdate();
      setKey(delete, 1, key);
      delete.executeUpdate();
    } catch (SQLException failure) {
      throw unwritable(failure);
    }
  }

  private static Breaker breaker(ResultSet row) throws SQLException {
    String state = row.getString("state");
    return new Breaker(
        new BreakerKey(row.getString("domain_name"), row.getString("stream")),
        BreakerState.parse(state)
            .orElseThrow(() -> new SQLException("state \"" + state + "\" (expected: a known one)")),
        Columns.instant(row, "since"),
        row.getString("reason"),
        Figures.NONE,
        Figures.NONE);
  }

  private static void setKey(PreparedStatement statement, int from, BreakerKey key)
      throws SQLException {
    statement.setString(from, key.domain());
    statement.setString(from + 1, key.stream());
  }

  private static StorageException unreadable(SQLException failure) {
    return new StorageException("the breakers could not be read", failure);
  }

  private static StorageException unwritable(SQLException failure) {
    return new StorageException("a breaker could not be changed", failure);
  }
}

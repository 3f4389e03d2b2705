package dev.waybill.relay.queue;

import dev.waybill.relay.storage.Columns;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.StorageException;
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
import java.util.Optional;
import java.util.function.LongSupplier;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/// Sums the queue up. Any thread may ask.
///
/// Counting reads the whole queue. A count that was expensive is shown again until a hundred times
/// its cost has passed, so that looking at a million deliveries takes a hundredth of a core at
/// most; on an embedded database, where nobody else writes, so is one since which nothing has
/// changed.
final class SummaryStore {
  private static final List<String> STATES =
      List.of("scheduled", "queued", "sending", "deferred", "held");
  private static final int DESTINATIONS = 100;
  private static final Duration EXPENSIVE = Duration.ofMillis(50);
  private static final int SPARING = 100;

  /// @param version of the queue when it was taken
  private record Taken<T>(T value, long version, Instant at, Duration cost) {}

  private final Database database;
  private final InstantSource clock;
  private final LongSupplier version;
  private final Sparing<Map<String, Long>> states = new Sparing<>(this::countStates);
  private final Sparing<List<QueueSummary.Destination>> destinations =
      new Sparing<>(this::countDestinations);

  /// @param version changes with every change of the queue that this node makes; negative when
  ///   other nodes make some too
  SummaryStore(Database database, InstantSource clock, LongSupplier version) {
    this.database = database;
    this.clock = clock;
    this.version = version;
  }

  /// Everything; the destinations are the dearest part of it.
  QueueSummary summary() {
    return summary(destinations.get().value());
  }

  /// The counts without the destinations.
  QueueSummary counts() {
    return summary(List.of());
  }

  private QueueSummary summary(List<QueueSummary.Destination> withDestinations) {
    Taken<Map<String, Long>> counted = states.get();
    return new QueueSummary(counted.at(), counted.value(), oldest(), withDestinations);
  }

  /// A figure that is taken anew only as often as it is cheap.
  private final class Sparing<T> {
    private final Supplier<T> source;
    private @Nullable Taken<T> last;

    Sparing(Supplier<T> source) {
      this.source = source;
    }

    synchronized Taken<T> get() {
      Instant now = clock.instant();
      long current = version.getAsLong();
      if (last != null && current >= 0 && current == last.version()) {
        // nothing has changed: it is as good as counted now
        return new Taken<>(last.value(), current, now, last.cost());
      }
      if (last == null || !isSpared(last, now)) {
        T value = source.get();
        last = new Taken<>(value, current, now, Duration.between(now, clock.instant()));
      }
      return last;
    }

    private boolean isSpared(Taken<T> taken, Instant now) {
      Duration age = Duration.between(taken.at(), now);
      return taken.cost().compareTo(EXPENSIVE) > 0
          && !age.isNegative()
          && age.compareTo(taken.cost().multipliedBy(SPARING)) < 0;
    }
  }

  private interface Question<R> {
    R ask(Connection connection) throws SQLException;
  }

  private <R> R ask(Question<R> question) {
    try (Connection connection = database.connect()) {
      return question.ask(connection);
    } catch (SQLException failure) {
      throw new StorageException("the queue could not be summed up", failure);
    }
  }

  private Map<String, Long> countStates() {
    return ask(connection -> {
      Map<String, Long> counts = new HashMap<>();
      STATES.forEach(state -> counts.put(state, 0L));
      try (PreparedStatement select =
              connection.prepareStatement("select state, count(*) from delivery group by state");
          ResultSet row = select.executeQuery()) {
        while (row.next()) {
          counts.put(row.getString(1), row.getLong(2));
        }
      }
      return counts;
    });
  }

  private @Nullable Instant oldest() {
    Optional<Instant> oldest = ask(SummaryStore::oldest);
    return oldest.orElse(null);
  }

  private static Optional<Instant> oldest(Connection connection) throws SQLException {
    try (PreparedStatement select =
            connection.prepareStatement(
                """
                select accepted_at from message
                where id = (select message_id from delivery order by message_id limit 1)\
                """);
        ResultSet row = select.executeQuery()) {
      return row.next() ? Optional.of(Columns.instant(row, "accepted_at")) : Optional.empty();
    }
  }

  private List<QueueSummary.Destination> countDestinations() {
    return ask(connection -> {
      try (PreparedStatement select =
          connection.prepareStatement(
              """
              select recipient_domain, count(*) as deliveries, min(due_at) as next_attempt_at,
                max(last_reply) as last_reply
              from delivery group by recipient_domain order by deliveries desc, recipient_domain
              limit ?\
              """)) {
        select.setInt(1, DESTINATIONS);
        List<QueueSummary.Destination> found = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
          while (row.next()) {
            found.add(
                new QueueSummary.Destination(
                    row.getString("recipient_domain"),
                    row.getLong("deliveries"),
                    Columns.optionalInstant(row, "next_attempt_at"),
                    row.getString("last_reply")));
          }
        }
        return found;
      }
    });
  }
}

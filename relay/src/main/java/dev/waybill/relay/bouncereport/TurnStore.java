package dev.waybill.relay.bouncereport;

import dev.waybill.relay.storage.Columns;
import dev.waybill.relay.storage.Database;
import java.time.Instant;
import java.util.Optional;
import org.jdbi.v3.core.Handle;

/// How far the journal was read, and whose turn it is to go on. Any thread may use it, and any
/// node.
final class TurnStore {
  /// Places in the journal.
  ///
  /// @param done all up to it are reported
  /// @param seen all up to it were there when the last turn ended
  record Place(long done, long seen) {}

  private final Database database;

  TurnStore(Database database) {
    this.database = database;
  }

  /// Where the last turn ended; empty before the first.
  Optional<Place> place() {
    return database.jdbi().withHandle(TurnStore::place);
  }

  /// Begins behind what happened before.
  void begin(long newest, Instant now) {
    database.durably(handle ->
        handle
            .createUpdate(
                """
                insert into bounce_report_turn (id, done, seen, turn_until)
                values (1, :newest, :newest, :now)\
                """)
            .bind("newest", newest)
            .bind("now", Columns.timestamp(now))
            .execute());
  }

  /// Takes the turn, if no node has it.
  Optional<Place> take(Instant now, Instant until) {
    return database.durably(handle -> {
      int rows =
          handle
              .createUpdate(
                  "update bounce_report_turn set turn_until = :until where turn_until <= :now")
              .bind("until", Columns.timestamp(until))
              .bind("now", Columns.timestamp(now))
              .execute();
      return rows == 1 ? place(handle) : Optional.empty();
    });
  }

  /// Says how far it is done, and keeps the turn or ends it.
  ///
  /// @param until when the next turn may begin
  void save(Place place, Instant until) {
    int rows =
        database.durably(handle ->
            handle
                .createUpdate(
                    """
                    update bounce_report_turn set done = :done, seen = :seen, turn_until = :until
                    where done <= :done\
                    """)
                .bind("done", place.done())
                .bind("seen", place.seen())
                .bind("until", Columns.timestamp(until))
                .execute());
    if (rows != 1) {
      throw new IllegalStateException("another node is beyond " + place);
    }
  }

  /// Forgets the place, so that a later beginning does not tell of what happened meanwhile.
  void forget() {
    database.durably(handle -> handle.createUpdate("delete from bounce_report_turn").execute());
  }

  private static Optional<Place> place(Handle handle) {
    return handle
        .createQuery("select done, seen from bounce_report_turn")
        .map((row, _) -> new Place(row.getLong("done"), row.getLong("seen")))
        .findOne();
  }
}

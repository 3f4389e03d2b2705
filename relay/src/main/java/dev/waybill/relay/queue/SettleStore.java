package dev.waybill.relay.queue;

import dev.waybill.relay.breakers.Breakers;
import dev.waybill.relay.breakers.TallyStore;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventStore;
import dev.waybill.relay.storage.Columns;
import dev.waybill.relay.storage.GroupCommit;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.sql.Statement;
import java.sql.Types;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Writes settlements: a delivery whose lease this node lost meanwhile is left to its new owner.
/// Committing thread only.
final class SettleStore implements GroupCommit.Writer<Settlement> {
  private static final Logger LOG = LoggerFactory.getLogger(SettleStore.class);
  private static final int MAX_REPLY = 2_000;
  private static final String MINE = " where message_id = ? and ordinal = ? and owner = ?";

  private final EventStore events;
  private final Breakers breakers;

  SettleStore(EventStore events, Breakers breakers) {
    this.events = events;
    this.breakers = breakers;
  }

  @Override
  public void write(Connection connection, List<Settlement> settlements) throws SQLException {
    List<Settlement> done = new ArrayList<>();
    List<Settlement> again = new ArrayList<>();
    List<Settlement> held = new ArrayList<>();
    for (Settlement settlement : settlements) {
      switch (settlement.next()) {
        case Settlement.Next.Done _ -> done.add(settlement);
        case Settlement.Next.Again _ -> again.add(settlement);
        case Settlement.Next.Held _ -> held.add(settlement);
      }
    }
    List<Event> told = new ArrayList<>();
    TallyStore tally = breakers.tally();
    remove(connection, done, told, tally);
    postpone(connection, again, told);
    hold(connection, held, told);
    if (!told.isEmpty()) {
      events.write(connection, told);
    }
    tally.write(connection);
  }

  private static void remove(
      Connection connection, List<Settlement> settlements, List<Event> told, TallyStore tally)
      throws SQLException {
    if (settlements.isEmpty()) {
      return;
    }
    try (PreparedStatement delete = connection.prepareStatement("delete from delivery" + MINE)) {
      for (Settlement settlement : settlements) {
        setKey(delete, 1, settlement);
        delete.addBatch();
      }
      for (Settlement settled : collect(delete.executeBatch(), settlements, told)) {
        MessageFacts facts = settled.delivery().message().facts();
        settled
            .events()
            .forEach(event -> tally.settled(event, facts.domain().value(), facts.stream().name()));
      }
    }
  }

  private static void postpone(
      Connection connection, List<Settlement> settlements, List<Event> told) throws SQLException {
    if (settlements.isEmpty()) {
      return;
    }
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            update delivery set owner = null,
              state = case when wish is null then ? else 'held' end, attempts = ?,
              due_at = case when wish is null then cast(? as timestamp with time zone) end,
              last_attempt_at = coalesce(?, last_attempt_at), last_reply = coalesce(?, last_reply)
            """
                + MINE)) {
      for (Settlement settlement : settlements) {
        if (settlement.next() instanceof Settlement.Next.Again next) {
          update.setString(1, next.state());
          update.setInt(2, next.attempts());
          update.setObject(3, Columns.timestamp(next.dueAt()));
          update.setObject(
              4, Columns.optionalTimestamp(next.attemptedAt()), Types.TIMESTAMP_WITH_TIMEZONE);
          update.setString(5, Columns.text(next.lastReply(), MAX_REPLY));
          setKey(update, 6, settlement);
          update.addBatch();
        }
      }
      var _ = collect(update.executeBatch(), settlements, told);
    }
  }

  private static void hold(Connection connection, List<Settlement> settlements, List<Event> told)
      throws SQLException {
    if (settlements.isEmpty()) {
      return;
    }
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            update delivery set owner = null, state = 'held', due_at = null, last_reply = ?,
              wish = coalesce(wish, ?), wish_reason = coalesce(wish_reason, ?),
              held_route = coalesce(?, held_route)
            """
                + MINE)) {
      for (Settlement settlement : settlements) {
        if (settlement.next() instanceof Settlement.Next.Held next) {
          update.setString(1, Columns.required(next.reason(), MAX_REPLY));
          // as if an operator had held it, whose word it is
          update.setString(2, next.route() == null ? null : "hold");
          update.setString(3, next.route() == null ? null : next.reason());
          update.setString(4, next.route());
          setKey(update, 5, settlement);
          update.addBatch();
        }
      }
      var _ = collect(update.executeBatch(), settlements, told);
    }
  }

  private static void setKey(PreparedStatement statement, int from, Settlement settlement)
      throws SQLException {
    statement.setObject(from, settlement.delivery().key().messageId());
    statement.setInt(from + 1, settlement.delivery().key().ordinal());
    statement.setLong(from + 2, settlement.owner());
  }

  /// @return those whose lease was still held
  private static List<Settlement> collect(
      int[] counts, List<Settlement> settlements, List<Event> told) {
    List<Settlement> written = new ArrayList<>(settlements.size());
    for (int i = 0; i < counts.length; i++) {
      Settlement settlement = settlements.get(i);
      if (counts[i] == 1 || counts[i] == Statement.SUCCESS_NO_INFO) {
        told.addAll(settlement.events());
        written.add(settlement);
      } else {
        LOG.warn("{} is not settled: its lease was lost", settlement.delivery().key());
      }
    }
    return written;
  }
}

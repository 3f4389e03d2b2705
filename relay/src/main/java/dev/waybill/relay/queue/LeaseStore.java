package dev.waybill.relay.queue;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.storage.Columns;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.Dialect;
import dev.waybill.relay.storage.StorageException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.UUID;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/// Who works on which delivery: claims of due rows, and the nodes that hold them. Any thread.
final class LeaseStore {
  /// A claimed row.
  ///
  /// @param heldRoute the route that held it before; empty for none
  record Claimed(
      DeliveryKey key,
      EmailAddress recipient,
      DsnParameters dsn,
      int attempts,
      @Nullable Instant lastAttemptAt,
      String heldRoute) {}

  private final Database database;

  LeaseStore(Database database) {
    this.database = database;
  }

  /// Leases due deliveries to this node, longest due first; rows that another node is claiming are
  /// skipped.
  ///
  /// @param spared what gets no more for now
  List<Claimed> claim(long owner, Instant now, int limit, InFlight.Full spared) {
    // a crash of the database alone must not undo what this process goes on to settle
    return inTransaction(
        connection -> leaseDue(connection, owner, now, limit, spared), leased -> !leased.isEmpty());
  }

  private List<Claimed> leaseDue(
      Connection connection, long owner, Instant now, int limit, InFlight.Full spared)
      throws SQLException {
    List<Claimed> claimed = new ArrayList<>();
    String others =
        without("recipient_domain", spared.domains().size())
            + without("flow", spared.flows().size())
            + " and not (recipient_domain = ? and flow = ?)".repeat(spared.lanes().size());
    try (PreparedStatement select =
        connection.prepareStatement(
            "select message_id, ordinal, recipient, dsn, attempts, last_attempt_at, held_route"
                + " from delivery"
                + " where due_at <= ?"
                + others
                + " order by due_at limit ?"
                + lock())) {
      int index = 1;
      select.setObject(index++, Columns.timestamp(now));
      for (DomainName domain : spared.domains()) {
        select.setString(index++, domain.value());
      }
      for (long flow : spared.flows()) {
        select.setLong(index++, flow);
      }
      for (InFlight.Lane lane : spared.lanes()) {
        select.setString(index++, lane.domain().value());
        select.setLong(index++, lane.flow());
      }
      select.setInt(index, limit);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          claimed.add(
              new Claimed(
                  new DeliveryKey(row.getObject(1, UUID.class), row.getInt(2)),
                  EmailAddress.of(row.getString(3)),
                  dsn(row.getString(4)),
                  row.getInt(5),
                  Columns.optionalInstant(row, "last_attempt_at"),
                  Objects.requireNonNullElse(row.getString("held_route"), "")));
        }
      }
    }
    return lease(connection, owner, claimed);
  }

  private static String without(String column, int values) {
    return values == 0
        ? ""
        : " and %s not in (%s)"
            .formatted(column, String.join(", ", Collections.nCopies(values, "?")));
  }

  private static DsnParameters dsn(@Nullable String text) {
    return text == null ? DsnParameters.NONE : DsnParameters.parse(text);
  }

  /// Where one node is alone, nobody else claims; and H2 would sort and lock every row that is due.
  private String lock() {
    return database.dialect() == Dialect.H2 ? "" : " for update skip locked";
  }

  /// When the next delivery is due, later than the given time; empty when none waits.
  Optional<Instant> nextDue(Instant after) {
    return inTransaction(connection -> {
      try (PreparedStatement select =
          connection.prepareStatement(
              "select due_at from delivery where due_at > ? order by due_at limit 1")) {
        select.setObject(1, Columns.timestamp(after));
        try (ResultSet row = select.executeQuery()) {
          return row.next() ? Optional.of(Columns.instant(row, "due_at")) : Optional.empty();
        }
      }
    });
  }

  /// Enters this process among the nodes.
  void register(long node, String name, Instant now, Instant leaseUntil) {
    inTransaction(connection -> {
      try (PreparedStatement insert =
          connection.prepareStatement(
              "insert into node (id, name, started_at, lease_until) values (?, ?, ?, ?)")) {
        insert.setLong(1, node);
        insert.setString(2, Columns.required(name, 253));
        insert.setObject(3, Columns.timestamp(now));
        insert.setObject(4, Columns.timestamp(leaseUntil));
        return insert.executeUpdate();
      }
    });
  }

  /// Extends this node's lease.
  ///
  /// @return false when another node has found it run out and taken the mail over
  boolean extend(long node, Instant leaseUntil) {
    return inTransaction(connection -> {
      try (PreparedStatement update =
          connection.prepareStatement("update node set lease_until = ? where id = ?")) {
        update.setObject(1, Columns.timestamp(leaseUntil));
        update.setLong(2, node);
        return update.executeUpdate();
      }
    })
        == 1;
  }

  /// Removes the node and makes what it held due at once.
  ///
  /// @return how many deliveries it held
  int retire(long node, Instant now) {
    return inTransaction(connection -> {
      try (PreparedStatement delete =
          connection.prepareStatement("delete from node where id = ?")) {
        delete.setLong(1, node);
        delete.executeUpdate();
      }
      try (PreparedStatement update =
          connection.prepareStatement(
              """
              update delivery set owner = null,
                due_at = case when wish is null then cast(? as timestamp with time zone) end,
                state = case when wish is not null then 'held'
                  when attempts = 0 then 'queued' else 'deferred' end
              where owner = ?\
              """)) {
        update.setObject(1, Columns.timestamp(now));
        update.setLong(2, node);
        return update.executeUpdate();
      }
    });
  }

  /// Removes the nodes whose lease ended before the given time, but not the given one.
  int removeEnded(Instant time, long but) {
    return inTransaction(connection -> {
      try (PreparedStatement delete =
          connection.prepareStatement("delete from node where lease_until < ? and id <> ?")) {
        delete.setObject(1, Columns.timestamp(time));
        delete.setLong(2, but);
        return delete.executeUpdate();
      }
    });
  }

  /// The nodes whose lease ended before the given time.
  List<Long> nodesEndedBefore(Instant time) {
    return inTransaction(connection -> {
      try (PreparedStatement select =
          connection.prepareStatement("select id from node where lease_until < ?")) {
        select.setObject(1, Columns.timestamp(time));
        List<Long> nodes = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
          while (row.next()) {
            nodes.add(row.getLong(1));
          }
        }
        return nodes;
      }
    });
  }

  /// Every delivery leased to the node.
  List<DeliveryKey> leasedTo(long node) {
    return inTransaction(connection -> {
      try (PreparedStatement select =
          connection.prepareStatement("select message_id, ordinal from delivery where owner = ?")) {
        select.setLong(1, node);
        List<DeliveryKey> keys = new ArrayList<>();
        try (ResultSet row = select.executeQuery()) {
          while (row.next()) {
            keys.add(new DeliveryKey(row.getObject(1, UUID.class), row.getInt(2)));
          }
        }
        return keys;
      }
    });
  }

  /// Ends the node's lease of one delivery and makes it due.
  ///
  /// @return whether the node still held it
  boolean giveUp(long node, DeliveryKey key, Instant now) {
    return inTransaction(connection -> {
      try (PreparedStatement update =
          connection.prepareStatement(
              """
              update delivery set owner = null,
                due_at = case when wish is null then cast(? as timestamp with time zone) end,
                state = case when wish is null then 'queued' else 'held' end
              where message_id = ? and ordinal = ? and owner = ?\
              """)) {
        update.setObject(1, Columns.timestamp(now));
        update.setObject(2, key.messageId());
        update.setInt(3, key.ordinal());
        update.setLong(4, node);
        return update.executeUpdate() == 1;
      }
    });
  }

  /// Makes due what no node works on: what a fault of ours held, and what is leased to a process
  /// that is not among the nodes any more. Reads the whole queue.
  int releaseIdle(Instant now) {
    return inTransaction(connection -> {
      try (PreparedStatement update =
          connection.prepareStatement(
              """
              update delivery set owner = null,
                due_at = case when wish is null then cast(? as timestamp with time zone) end,
                state = case when wish is not null then 'held'
                  when attempts = 0 then 'queued' else 'deferred' end
              where (state = 'held' and wish is null)
                or (owner is not null and owner not in (select id from node))\
              """)) {
        update.setObject(1, Columns.timestamp(now));
        return update.executeUpdate();
      }
    });
  }

  /// Makes deliveries due that wait for a pause or a turn which began later than now: the clock was
  /// set back, and its way to their time is longer than any pause.
  int releaseFuture(Instant now) {
    return inTransaction(connection -> {
      try (PreparedStatement update =
          connection.prepareStatement(
              """
              update delivery set due_at = ?
              where (state = 'deferred' and (last_attempt_at is null or last_attempt_at > ?))
                or (state = 'queued' and due_at > ?)\
              """)) {
        for (int i = 1; i <= 3; i++) {
          update.setObject(i, Columns.timestamp(now));
        }
        return update.executeUpdate();
      }
    });
  }

  /// @return those that were still to be had
  private static List<Claimed> lease(Connection connection, long owner, List<Claimed> claimed)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            update delivery set state = 'sending', owner = ?, due_at = null
            where message_id = ? and ordinal = ? and owner is null\
            """)) {
      for (Claimed row : claimed) {
        update.setLong(1, owner);
        update.setObject(2, row.key().messageId());
        update.setInt(3, row.key().ordinal());
        update.addBatch();
      }
      int[] counts = update.executeBatch();
      List<Claimed> leased = new ArrayList<>(claimed.size());
      for (int i = 0; i < counts.length; i++) {
        if (counts[i] != 0) {
          leased.add(claimed.get(i));
        }
      }
      return leased;
    }
  }

  private interface Work<R> {
    R run(Connection connection) throws SQLException;
  }

  private <R> R inTransaction(Work<R> work) {
    return inTransaction(work, _ -> false);
  }

  /// @param durable whether the result is to be on stable storage before it is used
  private <R> R inTransaction(Work<R> work, Predicate<R> durable) {
    try (var _ = database.writing();
        Connection connection = database.connect()) {
      connection.setAutoCommit(false);
      try {
        R result = work.run(connection);
        connection.commit();
        if (durable.test(result)) {
          database.sync(connection);
        }
        return result;
      } catch (SQLException | RuntimeException failure) {
        connection.rollback();
        throw failure;
      } finally {
        connection.setAutoCommit(true);
      }
    } catch (SQLException failure) {
      throw new StorageException("the queue's leases could not be changed", failure);
    }
  }
}

package dev.waybill.relay.queue;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.storage.Columns;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.StorageException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// Who works on which delivery: claims of due rows, and the nodes that hold them. Any thread.
final class LeaseStore {
  /// A claimed row.
  record Claimed(DeliveryKey key, EmailAddress recipient, int attempts) {}

  private final Database database;

  LeaseStore(Database database) {
    this.database = database;
  }

  /// Leases due deliveries to this node, longest due first; rows that another node is claiming are
  /// skipped.
  List<Claimed> claim(long owner, Instant now, int limit) {
    return inTransaction(connection -> {
      List<Claimed> claimed = new ArrayList<>();
      try (PreparedStatement select =
          connection.prepareStatement(
              """
              select message_id, ordinal, recipient, attempts from delivery
              where due_at <= ? order by due_at limit ? for update skip locked\
              """)) {
        select.setObject(1, Columns.timestamp(now));
        select.setInt(2, limit);
        try (ResultSet row = select.executeQuery()) {
          while (row.next()) {
            claimed.add(
                new Claimed(
                    new DeliveryKey(row.getObject(1, UUID.class), row.getInt(2)),
                    EmailAddress.of(row.getString(3)),
                    row.getInt(4)));
          }
        }
      }
      lease(connection, owner, claimed);
      return claimed;
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
              update delivery set owner = null, due_at = ?,
                state = case when attempts = 0 then 'queued' else 'deferred' end
              where owner = ?\
              """)) {
        update.setObject(1, Columns.timestamp(now));
        update.setLong(2, node);
        return update.executeUpdate();
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
              update delivery set owner = null, due_at = ?, state = 'queued'
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

  /// Makes deliveries that a fault of ours holds due again.
  int releaseHeld(Instant now) {
    return inTransaction(connection -> {
      try (PreparedStatement update =
          connection.prepareStatement(
              "update delivery set state = 'deferred', due_at = ? where state = 'held'")) {
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
              where (state = 'deferred' and last_attempt_at > ?) or (state = 'queued' and due_at > ?)\
              """)) {
        for (int i = 1; i <= 3; i++) {
          update.setObject(i, Columns.timestamp(now));
        }
        return update.executeUpdate();
      }
    });
  }

  private static void lease(Connection connection, long owner, List<Claimed> claimed)
      throws SQLException {
    try (PreparedStatement update =
        connection.prepareStatement(
            """
            update delivery set state = 'sending', owner = ?, due_at = null
            where message_id = ? and ordinal = ?\
            """)) {
      for (Claimed row : claimed) {
        update.setLong(1, owner);
        update.setObject(2, row.key().messageId());
        update.setInt(3, row.key().ordinal());
        update.addBatch();
      }
      update.executeBatch();
    }
  }

  private interface Work<R> {
    R run(Connection connection) throws SQLException;
  }

  private <R> R inTransaction(Work<R> work) {
    try (Connection connection = database.connect()) {
      connection.setAutoCommit(false);
      try {
        R result = work.run(connection);
        connection.commit();
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

package dev.waybill.relay.queue;

import dev.waybill.relay.storage.Columns;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.StorageException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// Bodies in a table of the shared database, where every node can read them.
final class TableBodyStore implements BodyStore {
  private static final int AT_ONCE = 500;
  private static final int BATCHES = 100;
  private static final UUID FIRST = new UUID(0, 0);

  private final Database database;
  private final QueueSettings.Retention retention;

  /// The sweeping thread's own: how far the last sweep came.
  private UUID sweptUpTo = FIRST;

  TableBodyStore(Database database, QueueSettings.Retention retention) {
    this.database = database;
    this.retention = retention;
  }

  @Override
  public void append(List<Accepting> messages) {
    for (Accepting message : messages) {
      message.storedAt(BodyLocation.TABLE);
    }
  }

  @Override
  public void insert(Connection connection, List<Accepting> messages) throws SQLException {
    List<InputStream> opened = new ArrayList<>();
    try (PreparedStatement insert =
        connection.prepareStatement("insert into body (message_id, bytes) values (?, ?)")) {
      for (Accepting message : messages) {
        insert.setObject(1, message.facts().id());
        switch (message.acceptance().body()) {
          case SubmittedBody.InMemory(byte[] bytes) -> insert.setBytes(2, bytes);
          case SubmittedBody.OnDisk(Path file, long size) -> {
            InputStream stream = new BufferedInputStream(Files.newInputStream(file));
            opened.add(stream);
            insert.setBinaryStream(2, stream, size);
          }
        }
        insert.addBatch();
      }
      insert.executeBatch();
    } catch (IOException failure) {
      throw new SQLException("a submitted body could not be read", failure);
    } finally {
      closeAll(opened);
    }
  }

  @Override
  public byte[] read(UUID messageId, BodyLocation location) throws IOException {
    try (Connection connection = database.connect();
        PreparedStatement select =
            connection.prepareStatement("select bytes from body where message_id = ?")) {
      select.setObject(1, messageId);
      try (ResultSet row = select.executeQuery()) {
        if (!row.next()) {
          throw new DamagedBodyException("there is no body of " + messageId);
        }
        return row.getBytes(1);
      }
    } catch (SQLException failure) {
      throw new StorageException("the body of " + messageId + " could not be read", failure);
    }
  }

  /// A body and its deliveries are written in one transaction, so none is removed too early. The
  /// disk that is watched is this machine's, and deleting rows frees nothing of it.
  @Override
  public synchronized List<Survivor> sweep(Instant now, long wanted) throws SQLException {
    try (Connection connection = database.connect()) {
      removeOld(connection, now.minus(retention.raw()));
      removeExcess(connection);
    }
    return List.of();
  }

  @Override
  public boolean retains() {
    return false;
  }

  /// Walks from the oldest body to the first that is young; those that are needed are passed over,
  /// and seen again when the walk begins anew.
  private void removeOld(Connection connection, Instant cutoff) throws SQLException {
    for (int batch = 0; batch < BATCHES; batch++) {
      List<UUID> old = oldBehind(connection, sweptUpTo, cutoff);
      remove(connection, old);
      sweptUpTo = old.size() == AT_ONCE ? old.getLast() : FIRST;
      if (old.size() < AT_ONCE) {
        return;
      }
    }
  }

  /// A body whose message is forgotten is old whatever its age.
  private static List<UUID> oldBehind(Connection connection, UUID place, Instant cutoff)
      throws SQLException {
    List<UUID> old = new ArrayList<>();
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            select b.message_id, m.accepted_at from body b left join message m on m.id = b.message_id
            where b.message_id > ? order by b.message_id limit ?\
            """)) {
      select.setObject(1, place);
      select.setInt(2, AT_ONCE);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          Instant acceptedAt = Columns.optionalInstant(row, "accepted_at");
          if (acceptedAt != null && acceptedAt.isAfter(cutoff)) {
            break;
          }
          old.add(row.getObject(1, UUID.class));
        }
      }
    }
    return old;
  }

  /// Adds the sizes up only where the table takes more than is allowed; what it takes on the disk
  /// is known at once, and compressed it may well be less.
  private void removeExcess(Connection connection) throws SQLException {
    if (number(connection, "select pg_total_relation_size('body')") <= retention.rawSize()) {
      return;
    }
    long excess =
        number(
                connection,
                """
                select coalesce(sum(m.size), 0) from body b join message m on m.id = b.message_id
                where not exists (select 1 from delivery d where d.message_id = b.message_id)\
                """)
            - retention.rawSize();
    for (int batch = 0; batch < BATCHES && excess > 0; batch++) {
      List<UUID> oldest = new ArrayList<>();
      try (PreparedStatement select =
          connection.prepareStatement(
              """
              select b.message_id, m.size from body b join message m on m.id = b.message_id
              where not exists (select 1 from delivery d where d.message_id = b.message_id)
              order by b.message_id limit ?\
              """)) {
        select.setInt(1, AT_ONCE);
        try (ResultSet row = select.executeQuery()) {
          while (excess > 0 && row.next()) {
            oldest.add(row.getObject(1, UUID.class));
            excess -= row.getLong(2);
          }
        }
      }
      if (oldest.isEmpty()) {
        return;
      }
      remove(connection, oldest);
    }
  }

  private static void remove(Connection connection, List<UUID> settled) throws SQLException {
    try (PreparedStatement delete =
        connection.prepareStatement(
            """
            delete from body b where b.message_id = any(?)
              and not exists (select 1 from delivery d where d.message_id = b.message_id)\
            """)) {
      delete.setArray(1, connection.createArrayOf("uuid", settled.toArray()));
      delete.executeUpdate();
    }
  }

  private static long number(Connection connection, String sql) throws SQLException {
    try (PreparedStatement select = connection.prepareStatement(sql);
        ResultSet row = select.executeQuery()) {
      return row.next() ? row.getLong(1) : 0;
    }
  }

  @Override
  public void write(Connection connection, List<Survivor> survivors) {
    // a row by itself keeps nothing else
  }

  private static void closeAll(List<InputStream> streams) throws SQLException {
    for (InputStream stream : streams) {
      try {
        stream.close();
      } catch (IOException failure) {
        throw new SQLException("a submitted body could not be closed", failure);
      }
    }
  }
}

package dev.waybill.relay.queue;

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
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// Bodies in a table of the shared database, where every node can read them.
final class TableBodyStore implements BodyStore {
  private final Database database;

  TableBodyStore(Database database) {
    this.database = database;
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

  /// A body and its deliveries are written in one transaction, so none is removed too early.
  @Override
  public List<Survivor> sweep() throws SQLException {
    try (Connection connection = database.connect();
        PreparedStatement delete =
            connection.prepareStatement(
                """
                delete from body b
                where not exists (select 1 from delivery d where d.message_id = b.message_id)\
                """)) {
      delete.executeUpdate();
    }
    return List.of();
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

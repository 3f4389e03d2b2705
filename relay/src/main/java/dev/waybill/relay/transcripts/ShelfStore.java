package dev.waybill.relay.transcripts;

import dev.waybill.relay.storage.Columns;
import dev.waybill.relay.storage.Database;
import java.io.IOException;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.UUID;

/// Blocks in a table of the shared database, where every node can read them.
final class ShelfStore implements Shelf {
  private final Database database;
  private final TranscriptSettings settings;

  ShelfStore(Database database, TranscriptSettings settings) {
    this.database = database;
    this.settings = settings;
  }

  /// The server need not flush its log for it.
  @Override
  public void put(Block block) throws IOException {
    try (Connection connection = database.connect()) {
      connection.setAutoCommit(false);
      try (Statement loosely = connection.createStatement();
          PreparedStatement insert =
              connection.prepareStatement(
                  """
                  insert into transcript_block (ended_at, messages, octets, content)
                  values (?, ?, ?, ?)\
                  """)) {
        loosely.execute("set local synchronous_commit = off");
        insert.setObject(1, Columns.timestamp(block.until()));
        insert.setArray(2, connection.createArrayOf("uuid", block.messages().toArray()));
        insert.setInt(3, block.content().length);
        insert.setBytes(4, block.content());
        insert.executeUpdate();
        connection.commit();
      } catch (SQLException failure) {
        connection.rollback();
        throw failure;
      } finally {
        connection.setAutoCommit(true);
      }
    } catch (SQLException failure) {
      throw new IOException("transcripts could not be written", failure);
    }
  }

  @Override
  public List<byte[]> find(UUID messageId, Instant since) throws IOException {
    try (Connection connection = database.connect();
        PreparedStatement select =
            connection.prepareStatement(
                """
                select content from transcript_block where ended_at >= ? and ? = any(messages)
                order by id\
                """)) {
      select.setObject(1, Columns.timestamp(since));
      select.setObject(2, messageId);
      List<byte[]> found = new ArrayList<>();
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          found.add(row.getBytes(1));
        }
      }
      return found;
    } catch (SQLException failure) {
      throw new IOException("transcripts could not be read", failure);
    }
  }

  /// Adds the sizes up only where the table takes more than is allowed, which is known at once.
  @Override
  public void forget(Instant now) throws IOException {
    try (Connection connection = database.connect()) {
      try (PreparedStatement old =
          connection.prepareStatement("delete from transcript_block where ended_at < ?")) {
        old.setObject(1, Columns.timestamp(now.minus(settings.kept())));
        old.executeUpdate();
      }
      if (tableSize(connection) > settings.size()) {
        try (PreparedStatement excess =
            connection.prepareStatement(
                """
                delete from transcript_block where id <= (
                  select max(id) from (
                    select id, sum(octets) over (order by id desc) as total from transcript_block
                  ) newest where total > ?)\
                """)) {
          excess.setLong(1, settings.size());
          excess.executeUpdate();
        }
      }
    } catch (SQLException failure) {
      throw new IOException("transcripts could not be removed", failure);
    }
  }

  @Override
  public void close() {
    // the database is closed by who opened it
  }

  private static long tableSize(Connection connection) throws SQLException {
    try (Statement select = connection.createStatement();
        ResultSet row = select.executeQuery("select pg_total_relation_size('transcript_block')")) {
      return row.next() ? row.getLong(1) : 0;
    }
  }
}

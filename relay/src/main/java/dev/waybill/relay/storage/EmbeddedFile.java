package dev.waybill.relay.storage;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.sql.Connection;
import java.sql.SQLException;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.FileStore;
import org.h2.mvstore.MVStore;
import org.h2.mvstore.RandomAccessStore;

/// Puts what H2 committed on the disk in a way that a crash cannot take back.
///
/// `CHECKPOINT SYNC` is not enough. When another thread's write to the file is under way, on H2's
/// own threads and with our rows in it, that finds nothing to write and forces the file before they
/// are in it. And the header that H2 writes with a chunk names the chunk before: one that is not
/// where the last one foretold is not found again after a crash. So the header is written here,
/// when the chunk that it names is on the disk.
///
/// Called by the one thread that has the right to write.
final class EmbeddedFile {
  private static final int MAX_CALLS = 1_000;

  /// Parts of the file of which less than this lives, in percent, are worth moving.
  private static final int WORTH_MOVING = 50;

  /// How many octets of them are moved at a time.
  private static final int MOVED_AT_ONCE = 1 << 20;

  /// Of H2 2.5.252; it writes what it knows as the last chunk, and nothing public leads to it.
  private static final Method WRITE_HEADER = headerWriter();

  private EmbeddedFile() {}

  /// Makes everything durable that was committed before this call.
  ///
  /// @throws SQLException when that could not be achieved; the database is closed then, since
  ///   nobody knows what is on the disk: the next connection reads the file afresh, as after a
  ///   crash
  static void sync(Connection connection) throws SQLException {
    MVStore store = store(connection);
    FileStore<?> file = store.getFileStore();
    if (file == null) {
      return; // in memory, as some tests have it: there is nothing to sync
    }
    try {
      write(store);
      // an operation begins when every write that was under way has ended
      store.executeFilestoreOperation(() -> {
        file.sync();
        writeHeader(file);
        file.sync();
      });
    } catch (RuntimeException cause) {
      SQLException failure = new SQLException("the database file could not be synced", cause);
      end(failure, connection);
      throw failure;
    }
  }

  /// Moves some of what lives in mostly dead parts of the file together, so that their room can be
  /// used again. To be followed by a [#sync].
  ///
  /// @return whether anything was moved
  static boolean compact(Connection connection) throws SQLException {
    MVStore store = store(connection);
    try {
      return store.getFileStore() != null && store.compact(WORTH_MOVING, MOVED_AT_ONCE);
    } catch (RuntimeException cause) {
      SQLException failure = new SQLException("the database file could not be compacted", cause);
      end(failure, connection);
      throw failure;
    }
  }

  private static MVStore store(Connection connection) throws SQLException {
    if (connection.unwrap(JdbcConnection.class).getSession() instanceof SessionLocal session) {
      return session.getDatabase().getStore().getMvStore();
    }
    throw new SQLException("the database is not in this process");
  }

  /// The store's commit does nothing when another thread's came between its call and its turn,
  /// though that one may have begun before our changes: so it is called until nothing is left.
  private static void write(MVStore store) {
    for (int call = 0; store.hasUnsavedChanges(); call++) {
      if (call == MAX_CALLS) {
        throw new IllegalStateException("the database file is never up to date");
      }
      store.commit();
    }
  }

  private static void writeHeader(FileStore<?> file) {
    try {
      WRITE_HEADER.invoke(file);
    } catch (InvocationTargetException failed) {
      throw new IllegalStateException("the header could not be written", failed.getCause());
    } catch (IllegalAccessException | IllegalArgumentException changed) {
      throw new IllegalStateException("not the H2 that was expected", changed);
    }
  }

  private static Method headerWriter() {
    try {
      Method method = RandomAccessStore.class.getDeclaredMethod("writeStoreHeader");
      method.setAccessible(true);
      return method;
    } catch (NoSuchMethodException changed) {
      throw new IllegalStateException("not the H2 that was expected", changed);
    }
  }

  private static void end(SQLException failure, Connection connection) {
    try (var statement = connection.createStatement()) {
      statement.execute("SHUTDOWN IMMEDIATELY");
    } catch (SQLException closed) {
      failure.addSuppressed(closed);
    }
  }
}

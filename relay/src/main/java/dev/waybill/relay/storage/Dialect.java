package dev.waybill.relay.storage;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;
import org.h2.engine.SessionLocal;
import org.h2.jdbc.JdbcConnection;
import org.h2.mvstore.MVStore;

/// The few places where the two database engines differ.
public enum Dialect {
  /// Embedded: one process and one writer (see [Database#writing]), and a COMMIT that stays in
  /// memory until it is synced.
  H2 {
    private static final int MAX_CALLS = 1_000;

    /// Not `CHECKPOINT SYNC`: when another thread's write to the file is under way, on H2's own
    /// threads and with our rows in it, that finds nothing to write and forces the file before they
    /// are in it.
    @Override
    void sync(Connection connection) throws SQLException {
      if (!(connection.unwrap(JdbcConnection.class).getSession() instanceof SessionLocal session)) {
        throw new SQLException("the database is not in this process");
      }
      MVStore store = session.getDatabase().getStore().getMvStore();
      if (store.getFileStore() == null) {
        return; // in memory, as some tests have it: there is nothing to sync
      }
      try {
        write(store);
        // an operation begins when every write that was under way has ended
        store.executeFilestoreOperation(() -> {});
        store.sync();
      } catch (RuntimeException cause) {
        SQLException failure = new SQLException("the database file could not be synced", cause);
        endAfter(failure, connection);
        throw failure;
      }
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

    /// After a sync that failed nobody knows what is on the disk: the next connection reads the
    /// file afresh, as after a crash.
    private static void endAfter(SQLException failure, Connection connection) {
      try (var statement = connection.createStatement()) {
        statement.execute("SHUTDOWN IMMEDIATELY");
      } catch (SQLException closed) {
        failure.addSuppressed(closed);
      }
    }
  },
  /// A server that several nodes share; its COMMIT is durable by itself.
  POSTGRESQL {
    @Override
    void sync(Connection connection) {
      // synchronous_commit=on: COMMIT returned only after the log was flushed
    }
  };

  /// Makes every transaction that was committed before this call durable.
  abstract void sync(Connection connection) throws SQLException;

  static Optional<Dialect> of(String url) {
    if (url.startsWith("jdbc:h2:")) {
      return Optional.of(H2);
    }
    return url.startsWith("jdbc:postgresql:") ? Optional.of(POSTGRESQL) : Optional.empty();
  }
}

package dev.waybill.relay.storage;

import java.sql.Connection;
import java.sql.SQLException;
import java.util.Optional;

/// The few places where the two database engines differ.
public enum Dialect {
  /// Embedded: one process and one writer (see [Database#writing]), and a COMMIT that stays in
  /// memory until it is synced.
  H2 {
    @Override
    void sync(Connection connection) throws SQLException {
      EmbeddedFile.sync(connection);
    }

    @Override
    boolean compact(Connection connection) throws SQLException {
      return EmbeddedFile.compact(connection);
    }
  },
  /// A server that several nodes share; its COMMIT is durable by itself.
  POSTGRESQL {
    @Override
    void sync(Connection connection) {
      // synchronous_commit=on: COMMIT returned only after the log was flushed
    }

    @Override
    boolean compact(Connection connection) {
      return false; // autovacuum does it
    }
  };

  /// Makes every transaction that was committed before this call durable.
  abstract void sync(Connection connection) throws SQLException;

  /// Makes some room usable again that removed rows have left; not durable by itself.
  ///
  /// @return whether there was any, and so may be more
  abstract boolean compact(Connection connection) throws SQLException;

  static Optional<Dialect> of(String url) {
    if (url.startsWith("jdbc:h2:")) {
      return Optional.of(H2);
    }
    return url.startsWith("jdbc:postgresql:") ? Optional.of(POSTGRESQL) : Optional.empty();
  }
}

package dev.waybill.relay.storage;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import com.zaxxer.hikari.SQLExceptionOverride;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Function;
import org.flywaydb.core.Flyway;
import org.h2.api.ErrorCode;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// The open database: its pool, its schema brought up to date, and its one notion of "durable".
///
/// Any thread may use it; a handle or connection belongs to the thread that took it.
public final class Database implements AutoCloseable {
  /// H2 must not close itself at the first signal: running deliveries still want to settle. It must
  /// write only when it is told to, by the thread that has the right to (see [#writing]): not after
  /// some milliseconds of its own. And it keeps no log beside its file: what fails is thrown.
  private static final Map<String, String> OF_H2 =
      Map.of("DB_CLOSE_ON_EXIT", "FALSE", "WRITE_DELAY", "2000000000", "TRACE_LEVEL_FILE", "0");

  /// Steps of [#tidy] at a time.
  private static final int TIDY_STEPS = 32;

  private final HikariDataSource pool;
  private final Dialect dialect;
  private final Jdbi jdbi;
  private final ReentrantLock writers = new ReentrantLock();

  private Database(HikariDataSource pool, Dialect dialect) {
    this.pool = pool;
    this.dialect = dialect;
    this.jdbi = Jdbi.create(pool);
  }

  /// Connects and migrates the schema.
  ///
  /// @throws RuntimeException when the database cannot be reached or the schema cannot be migrated
  public static Database open(DatabaseSettings settings) {
    Dialect dialect = Dialect.of(settings.url()).orElseThrow();
    HikariConfig config = new HikariConfig();
    config.setJdbcUrl(url(settings.url(), dialect));
    config.setUsername(settings.user());
    config.setPassword(settings.password());
    config.setMaximumPoolSize(settings.poolSize());
    config.setPoolName("waybill");
    config.setConnectionTimeout(connectionTimeout(dialect).toMillis());
    config.setExceptionOverride(new DeadConnections(dialect));
    HikariDataSource pool = new HikariDataSource(config);
    try {
      Flyway.configure()
          .dataSource(pool)
          .locations(
              "classpath:db/migration/common",
              "classpath:db/migration/" + dialect.name().toLowerCase(Locale.ROOT))
          .load()
          .migrate();
    } catch (RuntimeException failure) {
      pool.close();
      throw failure;
    }
    return new Database(pool, dialect);
  }

  public Jdbi jdbi() {
    return jdbi;
  }

  public Dialect dialect() {
    return dialect;
  }

  /// A pooled connection for a store's own JDBC; closing it gives it back.
  public Connection connect() throws SQLException {
    return pool.getConnection();
  }

  /// The right to write; give it back after the commit.
  public final class Writing implements AutoCloseable {
    private Writing() {
      if (dialect == Dialect.H2) {
        writers.lock();
      }
    }

    @Override
    public void close() {
      if (dialect == Dialect.H2) {
        writers.unlock();
      }
    }
  }

  /// Waits for the right to write, which on H2 one thread has at a time. Take it before the
  /// connection. A thread that has it may take it again.
  ///
  /// H2 notes each of its tables for the file at a moment of its own. If one thread does that while
  /// another is between two changes, the file can hold one change without the other, and after a
  /// crash even without the note that would undo it.
  public Writing writing() {
    return new Writing();
  }

  /// A pooled connection with a transaction begun on it.
  Connection begin() throws SQLException {
    for (int dead = 0; ; dead++) {
      Connection connection = connect();
      try {
        connection.setAutoCommit(false);
        return connection;
      } catch (SQLException failure) {
        connection.close();
        // after an end of the database the pool is full of dead connections, each found out once
        if (dead == pool.getMaximumPoolSize()) {
          throw failure;
        }
      }
    }
  }

  /// Runs the work in one transaction and returns once its effects are on stable storage.
  ///
  /// For the rare writes of administration; the message path goes through [GroupCommit].
  public <R> R durably(Function<Handle, R> work) {
    try (var _ = writing()) {
      return jdbi.withHandle(handle -> {
        R result = handle.inTransaction(work::apply);
        sync(handle.getConnection());
        return result;
      });
    }
  }

  /// Makes every transaction that was committed on this connection durable.
  ///
  /// What another connection syncs may be a database that was opened afresh since, without them;
  /// the right to write is to be held.
  public void sync(Connection connection) {
    try {
      dialect.sync(connection);
    } catch (SQLException failure) {
      throw new StorageException("the database could not be synced", failure);
    }
  }

  /// Makes every transaction that was committed before this call durable.
  public void sync() {
    try (var _ = writing();
        Connection connection = connect()) {
      dialect.sync(connection);
    } catch (SQLException failure) {
      throw new StorageException("the database could not be synced", failure);
    }
  }

  /// Makes room usable again that removed rows have left, a bounded part of it and in steps between
  /// which others write. To be called now and then: H2 does not do it by itself, see [#writing].
  public void tidy() {
    boolean more = true;
    for (int step = 0; more && step < TIDY_STEPS; step++) {
      try (var _ = writing();
          Connection connection = connect()) {
        more = dialect.compact(connection);
        if (more) {
          dialect.sync(connection);
        }
      } catch (SQLException failure) {
        throw new StorageException("the database could not be tidied", failure);
      }
    }
  }

  @Override
  public void close() {
    pool.close();
  }

  /// How long to wait for a connection: to a server, or for one that others use. H2 opens its file
  /// at once or not at all, and the waiting thread mostly has the right to write: every accept and
  /// every outcome waits behind it for the answer that the storage is gone.
  private static Duration connectionTimeout(Dialect dialect) {
    return Duration.ofSeconds(dialect == Dialect.H2 ? 2 : 10);
  }

  private static String url(String url, Dialect dialect) {
    String whole = url;
    if (dialect == Dialect.H2) {
      for (Map.Entry<String, String> setting : OF_H2.entrySet()) {
        if (!url.contains(setting.getKey())) {
          whole += ";" + setting;
        }
      }
    }
    return whole;
  }

  /// Which failures end a connection, beyond those that the pool knows by itself.
  ///
  /// When a write to its file fails, H2 closes the database for good; only a fresh connection opens
  /// it again. The pool would go on handing the dead ones out.
  private record DeadConnections(Dialect dialect) implements SQLExceptionOverride {
    private static final Set<Integer> CLOSED_BY_H2 =
        Set.of(
            ErrorCode.GENERAL_ERROR_1,
            ErrorCode.OBJECT_CLOSED,
            ErrorCode.IO_EXCEPTION_1,
            ErrorCode.IO_EXCEPTION_2,
            ErrorCode.CONNECTION_BROKEN_1,
            ErrorCode.DATABASE_IS_CLOSED,
            ErrorCode.DATABASE_IS_READ_ONLY,
            ErrorCode.DATABASE_CALLED_AT_SHUTDOWN);

    @java.lang.Override
    public Override adjudicate(SQLException failure) {
      return dialect == Dialect.H2 && CLOSED_BY_H2.contains(failure.getErrorCode())
          ? Override.MUST_EVICT
          : Override.CONTINUE_EVICT;
    }
  }
}

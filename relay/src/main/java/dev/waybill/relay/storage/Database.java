package dev.waybill.relay.storage;

import com.zaxxer.hikari.HikariConfig;
import com.zaxxer.hikari.HikariDataSource;
import java.sql.Connection;
import java.sql.SQLException;
import java.util.Locale;
import java.util.function.Function;
import org.flywaydb.core.Flyway;
import org.jdbi.v3.core.Handle;
import org.jdbi.v3.core.Jdbi;

/// The open database: its pool, its schema brought up to date, and its one notion of "durable".
///
/// Any thread may use it; a handle or connection belongs to the thread that took it.
public final class Database implements AutoCloseable {
  private final HikariDataSource pool;
  private final Dialect dialect;
  private final Jdbi jdbi;

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
    config.setConnectionTimeout(10_000);
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

  /// Runs the work in one transaction and returns once its effects are on stable storage.
  ///
  /// For the rare writes of administration; the message path goes through [GroupCommit].
  public <R> R durably(Function<Handle, R> work) {
    R result = jdbi.inTransaction(work::apply);
    sync();
    return result;
  }

  /// Makes every transaction that was committed before this call durable.
  public void sync() {
    try (Connection connection = connect()) {
      dialect.sync(connection);
    } catch (SQLException failure) {
      throw new StorageException("the database could not be synced", failure);
    }
  }

  @Override
  public void close() {
    pool.close();
  }

  /// H2 must not close itself at the first signal: running deliveries still want to settle. And its
  /// background writer, which syncs nothing, looks for work every half second instead of twenty
  /// times a second: what has to be on the disk is put there by [Dialect#sync].
  private static String url(String url, Dialect dialect) {
    return switch (dialect) {
      case H2 -> with(with(url, "DB_CLOSE_ON_EXIT", "FALSE"), "WRITE_DELAY", "5000");
      case POSTGRESQL -> url;
    };
  }

  private static String with(String url, String setting, String value) {
    return url.contains(setting) ? url : url + ";" + setting + "=" + value;
  }
}

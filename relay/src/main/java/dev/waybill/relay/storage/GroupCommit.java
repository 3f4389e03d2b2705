package dev.waybill.relay.storage;

import java.io.IOException;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes many small writes durable with one transaction and one sync.
///
/// One thread gathers what waits (see [WaitingRoom]), writes it, commits, syncs, and only then
/// completes the futures. Any thread may submit; completions run on the committing thread and must
/// be short.
///
/// Where a batch fails, its items are retried one by one, so that one bad item cannot fail the
/// rest; but not where the database could not even be reached, which costs each try its time-out.
public final class GroupCommit implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(GroupCommit.class);
  private static final int MAX_BATCH = 1_000;

  /// How the items of one kind are written; called on the committing thread only.
  public interface Writer<T> {
    /// Writes what must be on stable storage before the transaction begins, such as body bytes.
    default void prepare(List<T> items) throws IOException {}

    /// Writes the rows of the items in the given open transaction.
    void write(Connection connection, List<T> items) throws SQLException;
  }

  /// Hears of every batch; called on the committing thread.
  public interface Observer {
    /// A batch was made durable.
    ///
    /// @param took from the first write to the end of the sync
    void committed(int items, Duration took);

    /// A batch or an item failed and nothing of it was acknowledged.
    void failed(Throwable cause);
  }

  /// The way in for items of one kind.
  public final class Lane<T> {
    private final Writer<T> writer;
    private final boolean urgent;

    private Lane(Writer<T> writer, boolean urgent) {
      this.writer = writer;
      this.urgent = urgent;
    }

    /// Queues the item for the next batch.
    ///
    /// @return completes when the item is on stable storage, or exceptionally with a
    ///   [StorageException] when that could not be achieved
    public CompletableFuture<Void> submit(T item) {
      CompletableFuture<Void> done = new CompletableFuture<>();
      Pending<T> entry = new Pending<>(this, item, done);
      if (!waiting.add(entry, urgent)) {
        entry.fail(new IllegalStateException("the store is closed"));
      }
      return done;
    }
  }

  private record Pending<T>(GroupCommit.Lane<T> lane, T item, CompletableFuture<Void> done) {
    void fail(Throwable cause) {
      done.completeExceptionally(new StorageException("not stored", cause));
    }
  }

  private final Database database;
  private final Observer observer;
  private final LongSupplier nanos;
  private final WaitingRoom<Pending<?>> waiting;
  private final List<Lane<?>> lanes = new ArrayList<>();
  private final Thread thread;

  /// The committing thread's own.
  private boolean reported;

  /// @param nanos a monotonic clock in nanoseconds
  public GroupCommit(Database database, Observer observer, LongSupplier nanos) {
    this.database = database;
    this.observer = observer;
    this.nanos = nanos;
    this.waiting = new WaitingRoom<>(MAX_BATCH);
    this.thread = Thread.ofPlatform().name("group-commit").daemon(true).unstarted(this::run);
  }

  /// Opens a lane for what nobody waits for; lanes are written in the order of their opening. Call
  /// before [#start].
  public <T> Lane<T> lane(Writer<T> writer) {
    return lane(writer, false);
  }

  /// Opens a lane for what somebody waits for, such as a client for its 250. Call before [#start].
  public <T> Lane<T> urgentLane(Writer<T> writer) {
    return lane(writer, true);
  }

  private <T> Lane<T> lane(Writer<T> writer, boolean urgent) {
    Lane<T> lane = new Lane<>(writer, urgent);
    lanes.add(lane);
    return lane;
  }

  public void start() {
    thread.start();
  }

  /// Writes what waits, then stops.
  @Override
  public void close() {
    waiting.close();
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  private void run() {
    List<Pending<?>> batch = new ArrayList<>(MAX_BATCH);
    while (waiting.gather(batch)) {
      commit(batch);
      batch.clear();
    }
  }

  private void commit(List<Pending<?>> batch) {
    try {
      store(batch);
    } catch (Throwable failure) {
      // an Error too: were this thread to end, nobody's mail would ever be answered again
      observer.failed(failure);
      if (batch.size() == 1 || failure instanceof UnreachableException) {
        report(batch.size(), failure);
        batch.forEach(entry -> entry.fail(failure));
      } else {
        LOG.warn(
            "a batch of {} could not be stored, retrying one by one: {}", batch.size(), failure);
        for (Pending<?> entry : batch) {
          commit(List.of(entry));
        }
      }
      return;
    }
    for (Pending<?> entry : batch) {
      entry.done().complete(null);
    }
  }

  /// In full at the first of a series only: while a disk is full, every message fails alike.
  private void report(int items, Throwable failure) {
    if (reported) {
      LOG.error("{} not stored: {}", items, String.valueOf(failure));
    } else {
      reported = true;
      LOG.error("{} not stored", items, failure);
    }
  }

  private void store(List<Pending<?>> batch) throws IOException, SQLException {
    long began = nanos.getAsLong();
    for (Lane<?> lane : lanes) {
      prepare(lane, batch);
    }
    try (var _ = database.writing();
        Connection connection = begin()) {
      try {
        for (Lane<?> lane : lanes) {
          write(connection, lane, batch);
        }
        connection.commit();
      } catch (SQLException | RuntimeException failure) {
        connection.rollback();
        throw failure;
      }
      connection.setAutoCommit(true);
      database.dialect().sync(connection);
    }
    reported = false;
    observer.committed(batch.size(), Duration.ofNanos(nanos.getAsLong() - began));
  }

  private Connection begin() throws UnreachableException {
    try {
      return database.begin();
    } catch (SQLException failure) {
      throw new UnreachableException(failure);
    }
  }

  /// There was no connection to write with.
  private static final class UnreachableException extends SQLException {
    private static final long serialVersionUID = 1L;

    UnreachableException(SQLException cause) {
      super(cause.getMessage(), cause.getSQLState(), cause);
    }
  }

  private static <T> void prepare(Lane<T> lane, List<Pending<?>> batch) throws IOException {
    List<T> items = itemsOf(lane, batch);
    if (!items.isEmpty()) {
      lane.writer.prepare(items);
    }
  }

  private static <T> void write(Connection connection, Lane<T> lane, List<Pending<?>> batch)
      throws SQLException {
    List<T> items = itemsOf(lane, batch);
    if (!items.isEmpty()) {
      lane.writer.write(connection, items);
    }
  }

  /// The lane object itself is the proof of the item's type.
  @SuppressWarnings("unchecked")
  private static <T> List<T> itemsOf(Lane<T> lane, List<Pending<?>> batch) {
    List<T> items = new ArrayList<>();
    for (Pending<?> entry : batch) {
      if (entry.lane() == lane) {
        items.add((T) entry.item());
      }
    }
    return items;
  }
}

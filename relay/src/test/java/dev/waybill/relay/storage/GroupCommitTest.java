package dev.waybill.relay.storage;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.file.Path;
import java.sql.Connection;
import java.sql.SQLException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GroupCommitTest implements GroupCommit.Observer {
  private final AtomicInteger batches = new AtomicInteger();
  private final AtomicInteger failures = new AtomicInteger();
  private final CountDownLatch gate = new CountDownLatch(1);
  @TempDir Path folder;
  private Database database;
  private GroupCommit commits;

  @BeforeEach
  void open() {
    database =
        Database.open(new DatabaseSettings("jdbc:h2:file:" + folder.resolve("db"), "sa", "", 3));
    database.durably(handle -> handle.execute("create table item (name varchar(10) primary key)"));
    commits = new GroupCommit(database, this, System::nanoTime);
  }

  @AfterEach
  void close() {
    commits.close();
    database.close();
  }

  @Test
  void writesWhatWaitsTogetherInOneTransaction() {
    GroupCommit.Lane<String> lane = commits.lane(GroupCommitTest::insert);
    List<CompletableFuture<Void>> waiting = new ArrayList<>();
    for (int i = 0; i < 200; i++) {
      waiting.add(lane.submit("n" + i));
    }
    commits.start();
    waiting.forEach(CompletableFuture::join);

    assertThat(batches).hasValue(1);
    assertThat(items()).hasSize(200);
  }

  @Test
  void aBadItemFailsAlone() {
    GroupCommit.Lane<String> lane = commits.lane(GroupCommitTest::insert);
    CompletableFuture<Void> good = lane.submit("good");
    CompletableFuture<Void> bad = lane.submit("far too long for it");
    CompletableFuture<Void> alsoGood = lane.submit("also good");
    commits.start();

    good.join();
    alsoGood.join();
    assertThatThrownBy(bad::join)
        .isInstanceOf(CompletionException.class)
        .hasCauseInstanceOf(StorageException.class);
    assertThat(items()).containsExactlyInAnyOrder("good", "also good");
    assertThat(failures).hasPositiveValue();
  }

  @Test
  void writesTheLanesInTheirOrder() {
    List<String> order = new ArrayList<>();
    GroupCommit.Lane<String> first = commits.lane((_, items) -> order.addAll(items));
    GroupCommit.Lane<String> second = commits.lane((_, items) -> order.addAll(items));
    CompletableFuture<Void> late = second.submit("second");
    CompletableFuture<Void> early = first.submit("first");
    commits.start();

    CompletableFuture.allOf(late, early).join();
    assertThat(order).containsExactly("first", "second");
  }

  @Test
  void acknowledgesNothingBeforeItIsDurable() throws Exception {
    GroupCommit.Lane<String> lane =
        commits.lane((connection, items) -> {
          insert(connection, items);
          await(gate);
        });
    CompletableFuture<Void> done = lane.submit("one");
    commits.start();

    assertThat(done).isNotDone();
    gate.countDown();
    done.join();
    assertThat(batches).hasValue(1);
  }

  /// H2 closes itself for good when a write to its file fails, such as on a full disk.
  @Test
  void opensTheDatabaseAgainAfterItEnded() {
    GroupCommit.Lane<String> lane = commits.lane(GroupCommitTest::insert);
    commits.start();
    lane.submit("before").join();
    assertThatThrownBy(this::end).isInstanceOf(SQLException.class);

    lane.submit("after").join();
    assertThat(items()).containsExactlyInAnyOrder("before", "after");
  }

  private void end() throws SQLException {
    try (Connection connection = database.connect();
        var statement = connection.createStatement()) {
      statement.execute("SHUTDOWN IMMEDIATELY");
    }
  }

  @Test
  void writesWhatWaitsWhenItIsClosed() {
    GroupCommit.Lane<String> lane = commits.lane(GroupCommitTest::insert);
    CompletableFuture<Void> done = lane.submit("last");
    commits.start();
    commits.close();

    assertThat(done).isCompleted();
    assertThat(items()).containsExactly("last");
    assertThat(lane.submit("too late")).isCompletedExceptionally();
  }

  @Override
  public void committed(int items, Duration took) {
    batches.incrementAndGet();
  }

  @Override
  public void failed(Throwable cause) {
    failures.incrementAndGet();
  }

  private List<String> items() {
    return database
        .jdbi()
        .withHandle(
            handle -> handle.createQuery("select name from item").mapTo(String.class).list());
  }

  private static void insert(Connection connection, List<String> items) throws SQLException {
    try (var statement = connection.prepareStatement("insert into item values (?)")) {
      for (String item : items) {
        statement.setString(1, item);
        statement.addBatch();
      }
      statement.executeBatch();
    }
  }

  private static void await(CountDownLatch latch) {
    try {
      latch.await();
    } catch (InterruptedException interrupted) {
      throw new IllegalStateException(interrupted);
    }
  }
}

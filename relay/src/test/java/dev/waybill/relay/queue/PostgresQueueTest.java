package dev.waybill.relay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.MovableClock;
import dev.waybill.relay.testing.Postgres;
import dev.waybill.relay.testing.QueueBench;
import org.junit.jupiter.api.Test;

/// The queue on a real PostgreSQL server, with bodies in a table.
class PostgresQueueTest extends QueueContract {
  private final DatabaseSettings database = Postgres.newDatabase();

  @Override
  DatabaseSettings database() {
    return database;
  }

  @Test
  void aNodeThatStoodStillLetsGoOfWhatAnotherTookOver() {
    bench.accept(bench.message("x", "ann@there.example"));
    ReadyDelivery stale = bench.next();
    assertThat(bench.queue.holds(stale)).isTrue();

    MovableClock ahead = MovableClock.standing();
    ahead.advance(NodeLease.LEASE.plusSeconds(1));
    try (QueueBench other =
        new QueueBench(database(), dataDir, ahead, QueueBench.Options.usual())) {
      ReadyDelivery taken = other.next();
      clock.advance(NodeLease.LEASE.plusSeconds(1));

      assertThat(bench.queue.holds(stale)).isFalse();
      bench.queue.settle(stale, new AttemptOutcome.Fault("taken over")).join();
      assertThat(other.queue.holds(taken)).isTrue();
      other.queue.settle(taken, new AttemptOutcome.Suppressed("test")).join();
      assertThat(other.told())
          .containsExactly("email.sent ann@there.example", "email.suppressed ann@there.example");
    }
  }
}

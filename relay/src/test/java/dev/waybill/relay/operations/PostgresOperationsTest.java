package dev.waybill.relay.operations;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.MovableClock;
import dev.waybill.relay.testing.Postgres;
import dev.waybill.relay.testing.QueueBench;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

class PostgresOperationsTest extends OperationsContract {
  private final DatabaseSettings database = Postgres.newDatabase();

  @Override
  DatabaseSettings database(Path dataDir) {
    return database;
  }

  @Test
  void aWishReachesWhatAnotherNodeHasInHand() {
    bench.accept(bench.message("x", "ann@there.example"));
    await().until(() -> bench.waiting() == 1);
    try (QueueBench other = opened(MovableClock.standing())) {
      Instant now = clock.instant();
      assertThat(
              operations(other, clock)
                  .change(new Operation.Hold("elsewhere"), Selection.ALL, null, now)
                  .beingSent())
          .isEqualTo(1);
      await().until(() -> fulfilled().equals(Map.of("held", 1L)));
      assertThat(bench.waiting()).isZero();
    }
  }
}

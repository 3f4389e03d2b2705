package dev.waybill.relay.operations;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.breakers.BreakerSettings;
import dev.waybill.relay.breakers.BreakerState;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.testing.Postgres;
import dev.waybill.relay.testing.QueueBench;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class PostgresBreakersTest extends BreakersContract {
  private final DatabaseSettings database = Postgres.newDatabase();

  @Override
  DatabaseSettings database(Path dataDir) {
    return database;
  }

  @Test
  void everyNodeHoldsAndLetsGo() {
    try (QueueBench other = opened(BreakerSettings.Mode.HOLD)) {
      BreakerWatch there = new BreakerWatch(other.breakers, operations(other), clock);
      there.look();
      trip();
      UUID unheard = other.accept(letter(Stream.MARKETING, "before@there.example"));
      var _ = other.next();
      there.look();
      UUID heard = other.accept(letter(Stream.MARKETING, "after@there.example"));
      assertThat(states(heard)).containsExactly("held");
      assertThat(found(other, "marketing").state()).isEqualTo(BreakerState.HELD);
      assertThat(operations(other).list(Selection.ofMessage(unheard), null, 1).getFirst().wish())
          .isEqualTo("hold");

      assertThat(other.breakers.release("sender.example", "marketing")).isPresent();
      watch.look();
      clock.advance(Duration.ofSeconds(2));
      watch.look();
      clock.advance(Duration.ofMinutes(1));
      watch.look();
      assertThat(found(bench, "marketing").state()).isEqualTo(BreakerState.OK);
      // the other node hears of it only now, and held mail meanwhile
      UUID late = other.accept(letter(Stream.MARKETING, "late@there.example"));
      assertThat(bench.breakers.heldFor("sender.example", Stream.MARKETING)).isNull();
      there.look();
      assertThat(states(late)).isNotEqualTo(List.of("held"));
    }
  }
}

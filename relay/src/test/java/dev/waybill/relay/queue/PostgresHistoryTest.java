package dev.waybill.relay.queue;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.Postgres;
import java.util.UUID;

/// The history on a real PostgreSQL server, with bodies in a table.
class PostgresHistoryTest extends HistoryContract {
  private final DatabaseSettings database = Postgres.newDatabase();

  @Override
  DatabaseSettings database() {
    return database;
  }

  @Override
  void afterTheLookAtTheDisk(UUID settled) {
    assertThat(bytes(settled)).isPresent();
  }
}

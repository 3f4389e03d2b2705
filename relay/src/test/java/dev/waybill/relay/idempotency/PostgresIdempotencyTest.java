package dev.waybill.relay.idempotency;

import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.Postgres;

class PostgresIdempotencyTest extends IdempotencyContract {
  private final DatabaseSettings database = Postgres.newDatabase();

  @Override
  DatabaseSettings database() {
    return database;
  }
}

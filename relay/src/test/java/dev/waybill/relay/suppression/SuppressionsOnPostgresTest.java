package dev.waybill.relay.suppression;

import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.Postgres;

class SuppressionsOnPostgresTest extends SuppressionsContractTest {
  private final DatabaseSettings database = Postgres.newDatabase();

  @Override
  DatabaseSettings settings() {
    return database;
  }
}

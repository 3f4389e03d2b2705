package dev.waybill.relay.feedback;

import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.Postgres;

class LedgerOnPostgresTest extends LedgerContract {
  private final DatabaseSettings database = Postgres.newDatabase();

  @Override
  DatabaseSettings settings() {
    return database;
  }
}

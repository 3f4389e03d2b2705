package dev.waybill.relay.dmarc;

import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.Postgres;

class DmarcReportsOnPostgresTest extends DmarcReportsContract {
  private final DatabaseSettings database = Postgres.newDatabase();

  @Override
  DatabaseSettings settings() {
    return database;
  }
}

package dev.waybill.relay.bouncereport;

import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.Postgres;

class BounceReportsOnPostgresTest extends BounceReportsContract {
  @Override
  DatabaseSettings settings() {
    return Postgres.newDatabase();
  }
}

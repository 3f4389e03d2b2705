package dev.waybill.relay.transport;

import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.Postgres;

class PoliciesOnPostgresTest extends PoliciesContract {
  @Override
  DatabaseSettings settings() {
    return Postgres.newDatabase();
  }
}

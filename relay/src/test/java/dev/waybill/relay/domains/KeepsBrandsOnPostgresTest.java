package dev.waybill.relay.domains;

import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.Postgres;

class KeepsBrandsOnPostgresTest extends KeepsBrandsContractTest {
  @Override
  DatabaseSettings settings() {
    return Postgres.newDatabase();
  }
}

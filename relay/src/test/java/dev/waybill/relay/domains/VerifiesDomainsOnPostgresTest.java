package dev.waybill.relay.domains;

import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.Postgres;

class VerifiesDomainsOnPostgresTest extends VerifiesDomainsContractTest {
  @Override
  DatabaseSettings settings() {
    return Postgres.newDatabase();
  }
}

package dev.waybill.relay.domains;

import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.Postgres;
import java.util.concurrent.ThreadLocalRandom;

class VerifiesDomainsOnPostgresTest extends VerifiesDomainsContractTest {
  @Override
  DatabaseSettings settings() {
    String name = "domains" + Long.toUnsignedString(ThreadLocalRandom.current().nextLong());
    Postgres.createDatabase(name);
    return Postgres.settings(name);
  }
}

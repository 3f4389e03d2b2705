package dev.waybill.relay.suppression;

import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.Postgres;
import java.util.concurrent.ThreadLocalRandom;

class SuppressionsOnPostgresTest extends SuppressionsContractTest {
  private final String name =
      "suppression" + Long.toUnsignedString(ThreadLocalRandom.current().nextLong());

  SuppressionsOnPostgresTest() {
    Postgres.createDatabase(name);
  }

  @Override
  DatabaseSettings settings() {
    return Postgres.settings(name);
  }
}

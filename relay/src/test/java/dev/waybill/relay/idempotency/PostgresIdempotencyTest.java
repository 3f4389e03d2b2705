package dev.waybill.relay.idempotency;

import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.Postgres;
import java.util.UUID;

class PostgresIdempotencyTest extends IdempotencyContract {
  private final String name = "keys_" + UUID.randomUUID().toString().replace("-", "");
  private boolean created;

  @Override
  DatabaseSettings database() {
    if (!created) {
      created = true;
      Postgres.createDatabase(name);
    }
    return Postgres.settings(name);
  }
}

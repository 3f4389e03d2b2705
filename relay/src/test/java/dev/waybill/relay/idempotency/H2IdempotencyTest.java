package dev.waybill.relay.idempotency;

import dev.waybill.relay.storage.DatabaseSettings;

class H2IdempotencyTest extends IdempotencyContract {
  @Override
  DatabaseSettings database() {
    return new DatabaseSettings("jdbc:h2:file:" + dataDir.resolve("db"), "sa", "", 4);
  }
}

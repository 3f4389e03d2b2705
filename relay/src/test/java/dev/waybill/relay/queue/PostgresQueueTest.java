package dev.waybill.relay.queue;

import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.Postgres;
import java.util.UUID;

/// The queue on a real PostgreSQL server, with bodies in a table.
class PostgresQueueTest extends QueueContract {
  private final String name = "queue_" + UUID.randomUUID().toString().replace("-", "");
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

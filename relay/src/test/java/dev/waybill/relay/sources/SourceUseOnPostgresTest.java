package dev.waybill.relay.sources;

import dev.waybill.relay.storage.Database;
import dev.waybill.relay.testing.Postgres;

class SourceUseOnPostgresTest extends SourceUseContract {
  @Override
  Database database() {
    return Database.open(Postgres.newDatabase());
  }
}

package dev.waybill.relay.queue;

import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.Postgres;
import java.nio.file.Path;

class PostgresFairRoomTest extends FairRoomContract {
  private final DatabaseSettings database = Postgres.newDatabase();

  @Override
  DatabaseSettings database(Path dataDir) {
    return database;
  }
}

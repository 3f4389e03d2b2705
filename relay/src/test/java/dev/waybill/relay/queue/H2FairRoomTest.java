package dev.waybill.relay.queue;

import dev.waybill.relay.storage.DatabaseSettings;
import java.nio.file.Path;

class H2FairRoomTest extends FairRoomContract {
  @Override
  DatabaseSettings database(Path dataDir) {
    return new DatabaseSettings("jdbc:h2:file:" + dataDir.resolve("db"), "sa", "", 4);
  }
}

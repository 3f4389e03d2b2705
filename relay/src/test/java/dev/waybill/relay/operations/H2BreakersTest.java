package dev.waybill.relay.operations;

import dev.waybill.relay.storage.DatabaseSettings;
import java.nio.file.Path;

class H2BreakersTest extends BreakersContract {
  @Override
  DatabaseSettings database(Path dataDir) {
    return new DatabaseSettings("jdbc:h2:file:" + dataDir.resolve("db"), "sa", "", 4);
  }
}

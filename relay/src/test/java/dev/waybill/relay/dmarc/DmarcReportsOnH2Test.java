package dev.waybill.relay.dmarc;

import dev.waybill.relay.storage.DatabaseSettings;
import java.nio.file.Path;
import org.junit.jupiter.api.io.TempDir;

class DmarcReportsOnH2Test extends DmarcReportsContract {
  @TempDir Path folder;

  @Override
  DatabaseSettings settings() {
    return new DatabaseSettings("jdbc:h2:file:" + folder.resolve("db"), "sa", "", 4);
  }
}

package dev.waybill.relay.bouncereport;

import dev.waybill.relay.storage.DatabaseSettings;
import java.util.UUID;

class BounceReportsOnH2Test extends BounceReportsContract {
  @Override
  DatabaseSettings settings() {
    return new DatabaseSettings("jdbc:h2:mem:" + UUID.randomUUID(), "waybill", "", 4);
  }
}

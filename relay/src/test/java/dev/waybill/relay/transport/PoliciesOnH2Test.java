package dev.waybill.relay.transport;

import dev.waybill.relay.storage.DatabaseSettings;
import java.util.UUID;

class PoliciesOnH2Test extends PoliciesContract {
  @Override
  DatabaseSettings settings() {
    return new DatabaseSettings("jdbc:h2:mem:" + UUID.randomUUID(), "waybill", "", 4);
  }
}

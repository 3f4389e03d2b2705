package dev.waybill.relay.sources;

import dev.waybill.relay.storage.Database;
import dev.waybill.relay.testing.DeliveryHarness;

class SourceUseOnH2Test extends SourceUseContract {
  @Override
  Database database() {
    return DeliveryHarness.memory();
  }
}

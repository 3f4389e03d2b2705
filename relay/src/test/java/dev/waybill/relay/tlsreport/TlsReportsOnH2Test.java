package dev.waybill.relay.tlsreport;

import dev.waybill.relay.storage.DatabaseSettings;
import java.util.UUID;

class TlsReportsOnH2Test extends TlsReportsContract {
  @Override
  DatabaseSettings settings() {
    return new DatabaseSettings("jdbc:h2:mem:" + UUID.randomUUID(), "waybill", "", 4);
  }
}

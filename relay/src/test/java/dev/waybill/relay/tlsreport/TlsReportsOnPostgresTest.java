package dev.waybill.relay.tlsreport;

import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.Postgres;

class TlsReportsOnPostgresTest extends TlsReportsContract {
  @Override
  DatabaseSettings settings() {
    return Postgres.newDatabase();
  }
}

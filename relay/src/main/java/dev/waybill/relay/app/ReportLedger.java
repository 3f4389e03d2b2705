package dev.waybill.relay.app;

import dev.waybill.relay.clock.SystemClock;
import dev.waybill.relay.clock.TimeOrderedIds;
import dev.waybill.relay.config.RelaySettings;
import dev.waybill.relay.dmarc.DmarcReports;
import dev.waybill.relay.dmarc.OwnSources;
import dev.waybill.relay.dns.Lookup;
import dev.waybill.relay.dns.Resolver;
import dev.waybill.relay.events.Journal;
import dev.waybill.relay.sources.SourceAddress;
import dev.waybill.relay.storage.Database;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.InetAddress;
import java.util.List;

/// What receivers' aggregate reports are kept in, with what this relay knows of its own addresses.
final class ReportLedger {
  private ReportLedger() {}

  static DmarcReports open(
      RelaySettings settings,
      Database database,
      Journal journal,
      Resolver resolver,
      TimeOrderedIds ids,
      MeterRegistry meters) {
    return new DmarcReports(
        settings.dmarc().retention(),
        new OwnSources(
            settings.plan().spfMechanisms(),
            settings.delivery().sources().addresses().stream().map(SourceAddress::address).toList(),
            name ->
                resolver.addresses(name) instanceof Lookup.Found<InetAddress>(var found)
                    ? found
                    : List.of()),
        new DmarcReports.Foundation(database, journal, SystemClock.instants(), ids::next, meters));
  }
}

package dev.waybill.relay.app;

import dev.waybill.relay.bouncereport.BounceReports;
import dev.waybill.relay.config.RelaySettings;
import dev.waybill.relay.events.Journal;
import dev.waybill.relay.queue.PostOffice;
import dev.waybill.relay.queue.Queue;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.tlsreport.TlsReports;

/// The reports that the relay itself sends through its queue. Built, started and stopped by one
/// thread.
///
/// @param tls to recipients' domains
/// @param bounces to applications
record OwnReports(TlsReports tls, BounceReports bounces) {
  static OwnReports of(
      RelaySettings settings,
      Database database,
      Journal journal,
      Queue queue,
      PostOffice office,
      TlsReports.Surroundings surroundings) {
    return new OwnReports(
        new TlsReports(settings.tlsReports(), database, office, surroundings),
        new BounceReports(
            settings.bounceReports(),
            database,
            journal,
            new BounceReports.Messages(queue.history()::find, queue::submitted),
            office,
            new BounceReports.Surroundings(surroundings.clock(), surroundings.meters())));
  }

  void start() {
    tls.start();
    bounces.start();
  }

  /// While the queue still takes letters.
  void stopReporting() {
    bounces.stop();
  }

  /// When the last session is over.
  void stopCounting() {
    tls.stop();
  }
}

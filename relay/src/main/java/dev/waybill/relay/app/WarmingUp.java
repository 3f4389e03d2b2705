package dev.waybill.relay.app;

import dev.waybill.relay.clock.SystemClock;
import dev.waybill.relay.config.RelaySettings;
import dev.waybill.relay.sources.SourceUse;
import dev.waybill.relay.storage.Database;
import io.micrometer.core.instrument.MeterRegistry;

/// What new addresses send.
final class WarmingUp {
  private WarmingUp() {}

  /// Mail is held back for no longer than it is tried.
  static SourceUse open(RelaySettings settings, Database database, MeterRegistry meters) {
    return SourceUse.open(
        settings.delivery().sources(),
        stream -> settings.queue().retryOf(stream).lifetime(),
        database,
        SystemClock.instants(),
        meters);
  }
}

package dev.waybill.relay.delivery;

import java.util.function.Consumer;

/// What a site takes from its surroundings. Any thread may use it.
///
/// @param startWorker gives the site one more worker
/// @param wakeLater calls the site's [Site#wake] after so many nanoseconds
record SiteRoom(Workshop shop, Consumer<Site> startWorker, WakeLater wakeLater) {
  interface WakeLater {
    void wake(Site site, long nanos);
  }
}

package dev.waybill.relay.delivery;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.shaping.SitePace;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;

/// The sites that have work, and what was learnt of the pace of those that had some. Any thread may
/// call it.
final class Sites {
  /// What is known of a site's pace is forgotten after an hour without mail for it.
  private static final Duration PACE_KEPT = Duration.ofHours(1);

  private static final int MAX_PACES = 100_000;

  private final Workshop shop;
  private final Executor threads;
  private final Site.SiteRoom room;
  private final AtomicInteger attempting = new AtomicInteger();
  private final Map<SiteKey, Site> sites = new ConcurrentHashMap<>();
  private final Cache<SiteKey, SitePace> paces =
      Caffeine.newBuilder().maximumSize(MAX_PACES).expireAfterAccess(PACE_KEPT).build();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("delivery-wakes").daemon(true).factory());

  /// @param threads runs each site's workers
  Sites(Workshop shop, Executor threads) {
    this.shop = shop;
    this.threads = threads;
    this.room = new Site.SiteRoom(shop, this::serve, this::wakeLater);
  }

  /// Queues a delivery at its site; or postpones it, where that is left alone for long.
  void offer(ReadyDelivery delivery, Route.To to) {
    SitePace known = paces.getIfPresent(to.site());
    SitePace.Pause pause = known == null ? null : known.longPause(shop.nanos().getAsLong());
    if (pause != null) {
      postpone(List.of(delivery), to.plan(), pause);
      return;
    }
    Site taking =
        sites.compute(
            to.site(),
            (_, here) -> {
              Site site = here == null ? new Site(to, pace(to), room) : here;
              site.offer(delivery, to.plan());
              return site;
            });
    // a pause may have begun meanwhile
    postponeAll(taking);
  }

  /// Lets every site be called on again that turned us away.
  void resume() {
    paces.asMap().values().forEach(SitePace::resume);
    sites.values().forEach(Site::wake);
  }

  /// Tells why those of the given deliveries that are here have not gone yet.
  void explain(Set<DeliveryKey> keys, BiConsumer<DeliveryKey, String> told) {
    sites.values().forEach(site -> site.explain(keys, told));
  }

  /// Releases those of the given deliveries that wait for their site's turn.
  void withdraw(Set<DeliveryKey> keys) {
    for (Site site : sites.values()) {
      site.withdraw(delivery -> keys.contains(delivery.key())).forEach(shop.ends()::released);
      forgetDeserted(site);
    }
  }

  /// Releases all that waits; what is under way goes on.
  void stop() {
    sites
        .values()
        .forEach(site -> {
          site.stop().forEach(shop.ends()::released);
          forgetDeserted(site);
        });
    timer.shutdownNow();
  }

  int count() {
    return sites.size();
  }

  int waiting() {
    return sites.values().stream().mapToInt(Site::waiting).sum();
  }

  int attempting() {
    return attempting.get();
  }

  private SitePace pace(Route.To to) {
    return paces.get(
        to.site(),
        _ -> new SitePace(shop.settings().limits(provider(to.plan())), shop.nanos().getAsLong()));
  }

  private String provider(MxPlan plan) {
    return shop.providers().of(plan.records().getFirst().exchange());
  }

  /// Runs one more worker.
  private void serve(Site site) {
    threads.execute(() -> {
      try {
        new SiteWorker(site, shop, attempting).run();
      } finally {
        postponeAll(site);
        forgetDeserted(site);
      }
    });
  }

  private void wakeLater(Site site, long nanos) {
    var _ =
        timer.schedule(
            () -> {
              site.wake();
              forgetDeserted(site);
            },
            nanos,
            TimeUnit.NANOSECONDS);
  }

  /// What would have to wait too long for its site leaves memory, uncounted.
  private void postponeAll(Site site) {
    SitePace.Pause pause = site.longPause();
    if (pause != null) {
      postpone(site.withdraw(_ -> true), site.plan(), pause);
      forgetDeserted(site);
    }
  }

  private void postpone(List<ReadyDelivery> deliveries, MxPlan plan, SitePace.Pause pause) {
    AttemptOutcome outcome =
        new AttemptOutcome.Postponed(
            "site paused after " + pause.reason(), pause.left(shop.nanos().getAsLong()));
    for (ReadyDelivery delivery : deliveries) {
      shop.meters().count(provider(plan), outcome);
      shop.ends().settled(delivery, outcome);
    }
  }

  /// A site that has nothing to do and nobody to do it is forgotten.
  private void forgetDeserted(Site site) {
    sites.computeIfPresent(site.key(), (_, known) -> known.isDeserted() ? null : known);
  }
}

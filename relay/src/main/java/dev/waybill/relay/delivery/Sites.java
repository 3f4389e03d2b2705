package dev.waybill.relay.delivery;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.queue.ReadyDelivery;
import dev.waybill.relay.shaping.ProviderBudget;
import dev.waybill.relay.shaping.SitePace;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executor;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The sites that have work, and what was learnt of the pace of those that had some. Any thread may
/// call it.
final class Sites {
  private static final Logger LOG = LoggerFactory.getLogger(Sites.class);

  /// What is known of a site's pace is forgotten after an hour without mail for it.
  private static final Duration PACE_KEPT = Duration.ofHours(1);

  private static final int MAX_PACES = 100_000;

  /// Whose sites share a budget.
  private record Receiver(String provider, String pool) {}

  private final Workshop shop;
  private final Executor threads;
  private final SiteRoom room;
  private final AtomicInteger attempting = new AtomicInteger();
  private final Map<SiteKey, Site> sites = new ConcurrentHashMap<>();
  private final Map<Receiver, ProviderBudget<Site>> budgets = new ConcurrentHashMap<>();
  private final Cache<SiteKey, SitePace> paces =
      Caffeine.newBuilder().maximumSize(MAX_PACES).expireAfterAccess(PACE_KEPT).build();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("delivery-wakes").daemon(true).factory());

  /// @param threads runs each site's workers
  Sites(Workshop shop, Executor threads) {
    this.shop = shop;
    this.threads = threads;
    this.room = new SiteRoom(shop, this::serve, this::wakeLater);
    shop.meters().sitesInLine(this::inLine);
  }

  /// Queues a delivery at its site; or postpones it, where that is left alone for long.
  void offer(ReadyDelivery delivery, Route.To to) {
    SitePace known = paces.getIfPresent(to.site());
    SitePace.Pause pause = known == null ? null : known.longPause(shop.nanos().getAsLong());
    AttemptOutcome.Postponed absence = absence(to.site(), pause);
    if (absence != null) {
      postpone(List.of(delivery), to.plan(), absence);
      return;
    }
    Site taking =
        sites.compute(
            to.site(),
            (_, here) -> {
              Site site = here == null ? new Site(to, pace(to), budget(to), room) : here;
              site.offer(delivery, to.plan());
              return site;
            });
    // a pause or an outage may have begun meanwhile
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

  /// The budget that the site shares with all others of its provider; one that has no end for a
  /// site that the operator's route leads to, since there we have a login.
  private ProviderBudget<Site> budget(Route.To to) {
    String provider = to.site().route().isEmpty() ? provider(to.plan()) : Providers.OTHER;
    return budgets.computeIfAbsent(
        new Receiver(provider, to.site().pool()),
        receiver ->
            new ProviderBudget<>(
                provider,
                shop.settings().totals(provider),
                this::showInLater,
                shop.nanos().getAsLong()));
  }

  private int inLine(String provider) {
    return budgets.entrySet().stream()
        .filter(budget -> budget.getKey().provider().equals(provider))
        .mapToInt(budget -> budget.getValue().waiting())
        .sum();
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
    later(site, site::wake, nanos);
  }

  private void showInLater(Site site, long nanos) {
    try {
      later(site, site::shownIn, nanos);
    } catch (RejectedExecutionException stopped) {
      LOG.debug("{} has no use for its turn any more", site.key().hosts(), stopped);
    }
  }

  private void later(Site site, Runnable step, long nanos) {
    var _ =
        timer.schedule(
            () -> {
              step.run();
              forgetDeserted(site);
            },
            nanos,
            TimeUnit.NANOSECONDS);
  }

  /// What would have to wait too long for its site, or for one that is down, leaves memory,
  /// uncounted.
  private void postponeAll(Site site) {
    AttemptOutcome.Postponed absence = absence(site.key(), site.longPause());
    if (absence != null) {
      postpone(site.withdraw(_ -> true), site.plan(), absence);
      forgetDeserted(site);
    }
  }

  /// What becomes of mail for the site while nobody calls on it; null when somebody does.
  private AttemptOutcome.@Nullable Postponed absence(SiteKey site, SitePace.@Nullable Pause pause) {
    if (pause != null) {
      return new AttemptOutcome.Postponed(
          "site paused after " + pause.reason(), pause.left(shop.nanos().getAsLong()));
    }
    return shop.outages()
        .current(site)
        .map(outage -> new AttemptOutcome.Postponed(outage.reason(), outage.left()))
        .orElse(null);
  }

  private void postpone(List<ReadyDelivery> deliveries, MxPlan plan, AttemptOutcome outcome) {
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

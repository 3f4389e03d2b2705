package dev.waybill.relay.app;

import dev.waybill.relay.access.ApiKeys;
import dev.waybill.relay.access.KeyAllowance;
import dev.waybill.relay.dmarc.DmarcReports;
import dev.waybill.relay.domains.Domains;
import dev.waybill.relay.domains.VerificationSchedule;
import dev.waybill.relay.queue.Queue;
import dev.waybill.relay.queue.QueueMeters;
import dev.waybill.relay.sources.SourceUse;
import dev.waybill.relay.suppression.Suppressions;
import dev.waybill.relay.transport.Transport;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// What has to be done again and again beside the mail: looking at domains that are due, seeing
/// what other nodes or the operator changed, and refreshing what the operator is shown.
///
/// One timer thread; a turn that fails is logged and comes again.
final class Upkeep {
  private static final Logger LOG = LoggerFactory.getLogger(Upkeep.class);
  private static final Duration LEDGERS = Duration.ofSeconds(5);
  private static final Duration CERTIFICATES = Duration.ofSeconds(10);
  private static final Duration FIGURES = Duration.ofSeconds(10);
  private static final Duration WISHES = Duration.ofSeconds(2);
  private static final Duration USE = Duration.ofSeconds(2);
  private static final Duration EXPIRY = Duration.ofMinutes(1);
  private static final Duration POLICIES = Duration.ofMinutes(1);

  /// What other nodes change too.
  record Ledgers(
      Domains domains,
      ApiKeys keys,
      KeyAllowance allowance,
      Suppressions suppressions,
      Transport transport,
      SourceUse sources,
      DmarcReports dmarc) {
    void refresh() {
      keys.refresh();
      allowance.refresh();
      domains.refresh();
    }
  }

  private final Ledgers ledgers;
  private final VerificationSchedule schedule;
  private final Runnable certificates;
  private final List<Runnable> wishes;
  private final Queue queue;
  private final QueueMeters meters;
  private final InstantSource clock;
  private final ReentrantLock refreshing = new ReentrantLock();
  private final ScheduledExecutorService timer =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().name("upkeep").daemon(true).factory());

  /// @param wishes looks at what operators and breakers want of waiting mail
  Upkeep(
      Ledgers ledgers,
      Runnable certificates,
      List<Runnable> wishes,
      Queue queue,
      QueueMeters meters,
      InstantSource clock) {
    this.ledgers = ledgers;
    this.schedule = ledgers.domains().schedule();
    this.certificates = certificates;
    this.wishes = List.copyOf(wishes);
    this.queue = queue;
    this.meters = meters;
    this.clock = clock;
  }

  void start() {
    every(LEDGERS, this::lookAtLedgers);
    every(CERTIFICATES, certificates);
    every(EXPIRY, this::forgetExpired);
    every(USE, ledgers.sources()::write);
    wishes.forEach(each -> every(WISHES, each));
    // it waits for the DNS and for policy hosts
    every(POLICIES, () -> Thread.ofVirtual().name("policies").start(this::refreshPolicies));
    every(FIGURES, () -> meters.show(queue.counts(), clock.instant()));
  }

  /// To be called when nothing is sent any longer.
  void stop() {
    timer.shutdown();
    try {
      if (!timer.awaitTermination(5, TimeUnit.SECONDS)) {
        timer.shutdownNow();
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    ledgers.sources().close();
  }

  private void lookAtLedgers() {
    ledgers.refresh();
    // it waits for the DNS, and a call while it does is none
    Thread.ofVirtual().name("domain-checks").start(schedule::checkDue);
  }

  private void refreshPolicies() {
    if (refreshing.tryLock()) {
      try {
        ledgers.transport().refresh();
      } catch (RuntimeException failure) {
        LOG.warn("policies were not refreshed; that comes again", failure);
      } finally {
        refreshing.unlock();
      }
    }
  }

  private void forgetExpired() {
    int removed = ledgers.suppressions().removeExpired();
    if (removed > 0) {
      LOG.info("{} suppressions have expired", removed);
    }
    int old = ledgers.dmarc().forgetOld();
    if (old > 0) {
      LOG.info("{} aggregate reports are older than they are kept", old);
    }
  }

  private void every(Duration pause, Runnable turn) {
    var _ =
        timer.scheduleWithFixedDelay(
            () -> {
              try {
                turn.run();
              } catch (RuntimeException failure) {
                LOG.warn("upkeep failed and comes again", failure);
              }
            },
            0,
            pause.toMillis(),
            TimeUnit.MILLISECONDS);
  }
}

package dev.waybill.relay.tracking;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings sightings into the journal, on one background thread, in batches.
///
/// [#add] may be called by any thread and never waits. While the journal fails, sightings wait in
/// memory and are tried again; one that keeps failing alone is given up, so that it cannot hold up
/// the rest.
final class Recorder {
  private static final Logger LOG = LoggerFactory.getLogger(Recorder.class);
  private static final int MAX_WAITING = 100_000;
  private static final int BATCH = 500;
  private static final int MAX_FAILURES = 5;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

  private record Origin(@Nullable String recipient, @Nullable String domain) {}

  private record Pending(Sighting sighting, CompletableFuture<Void> durable, boolean machine) {}

  private final TrackingDoor.Ledger ledger;
  private final Machines machines;
  private final MeterRegistry meters;
  private final Counter dropped;
  private final Backlog backlog;
  private final Cache<DeliveryKey, Origin> origins =
      Caffeine.newBuilder().maximumSize(10_000).build();
  private final Thread thread;

  /// How long to wait after the next failure; confined to the thread.
  private Duration pause = FIRST_PAUSE;

  Recorder(TrackingDoor.Ledger ledger, Machines machines, MeterRegistry meters) {
    this.ledger = ledger;
    this.machines = machines;
    this.meters = meters;
    this.dropped =
        Counter.builder("waybill.tracking.dropped")
            .description("Opens, clicks and unsubscribes whose events were lost before the journal")
            .register(meters);
    this.backlog = new Backlog(MAX_WAITING, this::onDropped);
    Gauge.builder("waybill.tracking.waiting", backlog, Backlog::size)
        .description("Opens, clicks and unsubscribes that wait for the journal")
        .register(meters);
    this.thread = Thread.ofPlatform().name("tracking-recorder").daemon().unstarted(this::run);
  }

  void start() {
    thread.start();
  }

  void add(Sighting sighting) {
    backlog.add(sighting);
  }

  /// Records what waits, for at most the grace.
  void stop(Duration grace) {
    backlog.close();
    try {
      if (thread.isAlive() && !thread.join(grace)) {
        thread.interrupt();
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
    int left = backlog.size();
    if (left > 0) {
      dropped.increment(left);
      LOG.warn("{} tracking events could not be recorded before the end", left);
    }
  }

  private void run() {
    try {
      for (List<Sighting> batch = backlog.take(BATCH);
          !batch.isEmpty();
          batch = backlog.take(BATCH)) {
        List<Sighting> failed = record(batch);
        if (failed.isEmpty()) {
          continue;
        }
        backlog.giveBack(failed);
        if (backlog.isClosed()) {
          return;
        }
        backlog.pause(pause);
        Duration doubled = pause.multipliedBy(2);
        pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
  }

  /// @return those to try again
  private List<Sighting> record(List<Sighting> batch) throws InterruptedException {
    List<Sighting> failed = new ArrayList<>();
    List<Pending> pending = new ArrayList<>(batch.size());
    @Nullable Throwable cause = null;
    for (Sighting sighting : batch) {
      try {
        boolean machine = machines.made(sighting.visit());
        Event event = event(sighting, machine);
        pending.add(new Pending(sighting, ledger.recording().apply(event), machine));
      } catch (RuntimeException failure) {
        failed.add(sighting);
        cause = failure;
      }
    }
    boolean anyRecorded = false;
    for (Pending each : pending) {
      try {
        each.durable().get();
        anyRecorded = true;
        count(each.sighting(), each.machine());
      } catch (ExecutionException | CancellationException failure) {
        failed.add(each.sighting());
        cause = failure;
      }
    }
    if (anyRecorded) {
      pause = FIRST_PAUSE;
    }
    if (cause == null) {
      return failed;
    }
    LOG.warn("{} of {} tracking events not recorded yet", failed.size(), batch.size(), cause);
    return anyRecorded ? withoutHopeless(failed) : failed;
  }

  private List<Sighting> withoutHopeless(List<Sighting> failed) {
    List<Sighting> again = new ArrayList<>();
    for (Sighting sighting : failed) {
      if (sighting.failures() + 1 < MAX_FAILURES) {
        again.add(sighting.failedOnceMore());
      } else {
        dropped.increment();
        LOG.error(
            "{} of {} cannot be recorded", sighting.kind().event().text(), sighting.delivery());
      }
    }
    return again;
  }

  private Event event(Sighting sighting, boolean machine) {
    Origin origin = origins.get(sighting.delivery(), this::lookUp);
    Map<String, String> facts = new HashMap<>();
    facts.put("ip_address", sighting.visit().address());
    if (!sighting.visit().userAgent().isEmpty()) {
      facts.put("user_agent", sighting.visit().userAgent());
    }
    if (sighting.link() != null) {
      facts.put("link", sighting.link());
    }
    if (sighting.kind() != Sighting.Kind.UNSUBSCRIBE) {
      facts.put("machine", Boolean.toString(machine));
    }
    String recipient = sighting.recipient() != null ? sighting.recipient() : origin.recipient();
    return new Event(
        sighting.kind().event(),
        sighting.at(),
        sighting.delivery(),
        recipient,
        origin.domain(),
        facts);
  }

  /// A message of years ago may have left the journal; the event is worth recording without it.
  private Origin lookUp(DeliveryKey delivery) {
    return ledger
        .origin()
        .apply(delivery)
        .map(event -> new Origin(event.recipient(), event.domain()))
        .orElse(new Origin(null, null));
  }

  /// Unsubscribing takes a button or a mailbox provider acting on one, so it counts as human.
  private void count(Sighting sighting, boolean machine) {
    boolean unsubscribe = sighting.kind() == Sighting.Kind.UNSUBSCRIBE;
    Counter.builder("waybill.tracking.events")
        .description("Recorded opens, clicks and unsubscribes")
        .tag("type", sighting.kind().label())
        .tag("agent", machine && !unsubscribe ? "machine" : "human")
        .register(meters)
        .increment();
  }

  private void onDropped(long soFar) {
    dropped.increment();
    if (soFar % 10_000 == 1) {
      LOG.error("The journal cannot keep up: {} tracking events dropped so far", soFar);
    }
  }
}

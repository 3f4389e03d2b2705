package dev.waybill.relay.tracking;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SequencedCollection;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Brings sightings into the journal, on one background thread, in batches.
///
/// [#add] may be called by any thread and never waits. While the journal fails or is slow,
/// sightings go to the spill file and from there, in their order, to the journal: at once when it
/// works again, or with the next start. One that keeps failing alone is given up, so that it cannot
/// hold up the rest. Each is told once, or more than once where a crash or a stop comes between the
/// journal's commit and our knowing of it.
final class Recorder {
  private static final Logger LOG = LoggerFactory.getLogger(Recorder.class);
  private static final int MAX_WAITING = 100_000;

  /// More than this in memory, and the journal cannot keep up.
  private static final int MANY_WAITING = 10_000;

  private static final long MAX_SPILL = 1024L * 1024 * 1024;
  private static final int BATCH = 1_000;
  private static final int MAX_FAILURES = 5;
  private static final Duration FIRST_PAUSE = Duration.ofMillis(250);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(15);

  /// For moving what waits from memory to the file.
  private static final Duration LAST_GRACE = Duration.ofSeconds(2);

  /// In a storm the answers get the machine: between two batches the journal rests so many times so
  /// long, and what comes goes into the file.
  private static final int STORM_PAUSES = 6;

  private static final Duration STORM_PAUSE = Duration.ofMillis(100);

  /// It is a storm when more than half of what the journal takes comes while it takes it: no mail
  /// is looked at so often for long, and together they would slow the answers down.
  private static final int STORM = BATCH / 2;

  /// How long sightings stay in memory alone while the journal is not at hand.
  private static final Duration SLICE = Duration.ofMillis(250);

  private record Origin(@Nullable String recipient, @Nullable String domain) {}

  private record Pending(
      Sighting sighting, CompletableFuture<Void> durable, Optional<MachineReason> machine) {}

  private final TrackingDoor.Ledger ledger;
  private final Machines machines;
  private final Path spillFile;
  private final MeterRegistry meters;
  private final Counter dropped;
  private final Counter spilled;
  private final Backlog backlog;
  private final Map<String, Counter> counters = new HashMap<>();
  private final LinkSweeps sweeps = new LinkSweeps();
  private final Cache<DeliveryKey, Origin> origins =
      Caffeine.newBuilder().maximumSize(10_000).build();
  private final Thread thread;

  /// Used by the thread alone once it runs.
  private volatile @Nullable Spill spill;

  /// The stop has no time left for the journal.
  private volatile boolean hurried;

  /// How long to wait after the next failure; confined to the thread.
  private Duration pause = FIRST_PAUSE;

  /// @param spillFile made if need be; its folder is there
  Recorder(TrackingDoor.Ledger ledger, Machines machines, Path spillFile, MeterRegistry meters) {
    this.ledger = ledger;
    this.machines = machines;
    this.spillFile = spillFile;
    this.meters = meters;
    this.dropped =
        Counter.builder("waybill.tracking.dropped")
            .description("Opens, clicks and unsubscribes whose events were lost before the journal")
            .register(meters);
    this.spilled =
        Counter.builder("waybill.tracking.spilled")
            .description("Opens, clicks and unsubscribes put on disk until the journal takes them")
            .register(meters);
    this.backlog = new Backlog(MAX_WAITING, this::onDropped);
    Gauge.builder("waybill.tracking.waiting", this, Recorder::waiting)
        .description("Opens, clicks and unsubscribes that wait for the journal")
        .register(meters);
    this.thread = Thread.ofPlatform().name("tracking-recorder").daemon().unstarted(this::run);
  }

  /// @throws UncheckedIOException when the spill file cannot be opened
  void start() {
    try {
      spill = Spill.open(spillFile, MAX_SPILL);
    } catch (IOException unusable) {
      throw new UncheckedIOException(spillFile + " (expected: a file to write to)", unusable);
    }
    thread.start();
  }

  void add(Sighting sighting) {
    backlog.add(sighting);
  }

  /// Records what waits, for at most the grace, and leaves the rest in the spill file.
  void stop(Duration grace) {
    backlog.close();
    try {
      if (thread.isAlive() && !thread.join(grace)) {
        hurried = true;
        boolean _ = thread.join(LAST_GRACE);
      }
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
    int left = backlog.size();
    if (left > 0) {
      dropped.increment(left);
      LOG.warn("{} tracking events could not be kept before the end", left);
    }
  }

  private double waiting() {
    Spill file = spill;
    return backlog.size() + (file == null ? 0 : file.size());
  }

  private void run() {
    try (Spill file = Objects.requireNonNull(spill)) {
      while (turn(file)) {
        // until nothing is left or the stop wants it so
      }
      keepWaiting(file);
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    } catch (IOException unclosed) {
      LOG.warn("{} could not be closed", spillFile, unclosed);
    }
  }

  /// What is spilled goes first, and what comes meanwhile goes behind it.
  ///
  /// @return whether there may be more to do
  private boolean turn(Spill file) throws InterruptedException {
    if (!file.isEmpty() && backlog.isClosed()) {
      return false;
    }
    if (!file.isEmpty() || backlog.size() > MANY_WAITING) {
      keepWaiting(file);
    }
    boolean fromFile = !file.isEmpty();
    List<Sighting> batch = fromFile ? file.first(BATCH) : backlog.take(BATCH);
    if (batch.isEmpty()) {
      return fromFile;
    }
    long before = backlog.added();
    List<Sighting> failed = record(batch, file);
    if (fromFile && failed.size() < batch.size()) {
      keep(file, failed);
      file.forgetGiven();
    } else if (!fromFile) {
      keep(file, failed);
    }
    if (!failed.isEmpty()) {
      rest(file);
    } else if (batch.size() == BATCH && backlog.added() - before > STORM) {
      leaveTheMachine(file);
    }
    return !hurried;
  }

  private void leaveTheMachine(Spill file) throws InterruptedException {
    for (int i = 0; i < STORM_PAUSES && !file.isHalfFull() && !backlog.isClosed(); i++) {
      backlog.pause(STORM_PAUSE);
      keepWaiting(file);
    }
  }

  /// Waits before the next try; what comes meanwhile does not stay in memory for long.
  private void rest(Spill file) throws InterruptedException {
    Duration left = pause;
    while (left.isPositive() && !backlog.isClosed()) {
      Duration slice = left.compareTo(SLICE) < 0 ? left : SLICE;
      backlog.pause(slice);
      keepWaiting(file);
      left = left.minus(slice);
    }
    Duration doubled = pause.multipliedBy(2);
    pause = doubled.compareTo(LONGEST_PAUSE) < 0 ? doubled : LONGEST_PAUSE;
  }

  private void keepWaiting(Spill file) {
    keep(file, backlog.takeAll());
  }

  private void keep(Spill file, SequencedCollection<Sighting> sightings) {
    if (sightings.isEmpty()) {
      return;
    }
    if (file.append(sightings)) {
      spilled.increment(sightings.size());
    } else {
      backlog.giveBack(sightings);
    }
  }

  /// @return those to try again
  private List<Sighting> record(List<Sighting> batch, Spill file) throws InterruptedException {
    List<Sighting> failed = new ArrayList<>();
    List<Pending> pending = new ArrayList<>(batch.size());
    @Nullable Throwable cause = null;
    batch.forEach(sweeps::note);
    for (Sighting sighting : batch) {
      try {
        Optional<MachineReason> machine = machine(sighting);
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
        await(each.durable(), file);
        anyRecorded = true;
        count(each.sighting(), each.machine().isPresent());
      } catch (ExecutionException | CancellationException | TimeoutException failure) {
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

  /// Waits as long as the journal takes; what comes meanwhile does not stay in memory for long.
  private void await(CompletableFuture<Void> durable, Spill file)
      throws InterruptedException, ExecutionException, TimeoutException {
    while (true) {
      try {
        var _ = durable.get(SLICE.toMillis(), TimeUnit.MILLISECONDS);
        return;
      } catch (TimeoutException slow) {
        if (hurried) {
          throw slow;
        }
        keepWaiting(file);
      }
    }
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

  /// Unsubscribing takes a button or a mailbox provider acting on one, so it counts as human.
  private Optional<MachineReason> machine(Sighting sighting) {
    if (sighting.kind() == Sighting.Kind.UNSUBSCRIBE) {
      return Optional.empty();
    }
    Optional<MachineReason> sweep =
        sweeps.has(sighting) ? Optional.of(MachineReason.LINK_SWEEP) : Optional.empty();
    return machines.reason(sighting.visit()).or(() -> sweep);
  }

  private Event event(Sighting sighting, Optional<MachineReason> machine) {
    Origin origin = origins.get(sighting.delivery(), this::lookUp);
    Map<String, String> facts = new HashMap<>();
    facts.put(sighting.visit().hashed() ? "ip_hash" : "ip_address", sighting.visit().address());
    if (!sighting.visit().userAgent().isEmpty()) {
      facts.put("user_agent", sighting.visit().userAgent());
    }
    if (sighting.link() != null) {
      facts.put("link", sighting.link());
    }
    if (sighting.kind() != Sighting.Kind.UNSUBSCRIBE) {
      facts.put("machine", Boolean.toString(machine.isPresent()));
      machine.ifPresent(reason -> facts.put("machine_reason", reason.text()));
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

  private void count(Sighting sighting, boolean machine) {
    String agent = machine ? "machine" : "human";
    counters
        .computeIfAbsent(
            sighting.kind().label() + agent,
            _ ->
                Counter.builder("waybill.tracking.events")
                    .description("Recorded opens, clicks and unsubscribes")
                    .tag("type", sighting.kind().label())
                    .tag("agent", agent)
                    .register(meters))
        .increment();
  }

  private void onDropped(long soFar) {
    dropped.increment();
    if (soFar % 10_000 == 1) {
      LOG.error("The journal cannot keep up: {} tracking events dropped so far", soFar);
    }
  }
}

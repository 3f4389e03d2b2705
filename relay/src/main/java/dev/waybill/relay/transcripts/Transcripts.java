package dev.waybill.relay.transcripts;

import dev.waybill.relay.smtp.Dialogue;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.Dialect;
import io.micrometer.core.instrument.Counter;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps what was said in attempts at deliveries. Any thread may use it.
///
/// Attempts wait in memory, a second at most and within bounds, until one thread packs and writes
/// them; there they can be read already. Where that thread does not keep up or the storage is in
/// trouble, they are let go of and counted.
public final class Transcripts implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Transcripts.class);
  private static final Duration LONGEST_WAIT = Duration.ofSeconds(1);
  private static final Duration FORGET = Duration.ofMinutes(1);

  /// How far the clocks of nodes may be apart.
  private static final Duration SKEW = Duration.ofMinutes(1);

  private static final Comparator<Transcript> ORDER =
      Comparator.comparing(Transcript::began)
          .thenComparing(each -> each.delivery().ordinal())
          .thenComparing(Transcript::number);

  /// Characters that are worth a block at once.
  private static final int BLOCK = 256 * 1024;

  /// Characters that may wait.
  private static final int MOST = 8 * 1024 * 1024;

  /// What it takes from its surroundings.
  ///
  /// @param mayWrite whether the storage is well; nothing is written while it is not
  public record Surroundings(InstantSource clock, BooleanSupplier mayWrite, MeterRegistry meters) {}

  private record Waiting(Attempt attempt, Instant endedAt) {}

  private final TranscriptSettings settings;
  private final Surroundings surroundings;
  private final Shelf shelf;
  private final Counter kept;
  private final Counter dropped;
  private final Thread thread;
  private final ReentrantLock lock = new ReentrantLock();
  private final Condition changed = lock.newCondition();

  // guarded by the lock
  private List<Waiting> waiting = new ArrayList<>();
  private List<Waiting> inHand = List.of();
  private int weight;
  private boolean hurry;
  private boolean closed;

  /// The writing thread's own.
  private Instant forgotten = Instant.MIN;

  private boolean failing;

  private Transcripts(TranscriptSettings settings, Shelf shelf, Surroundings surroundings) {
    this.settings = settings;
    this.shelf = shelf;
    this.surroundings = surroundings;
    this.kept = counter(surroundings.meters(), "kept");
    this.dropped = counter(surroundings.meters(), "dropped");
    this.thread = Thread.ofPlatform().name("transcripts").daemon(true).unstarted(this::run);
  }

  /// Opens what is kept and begins to keep; beside the embedded database in the folder
  /// `transcripts`, else in the shared database.
  ///
  /// @throws IOException when the folder cannot be used
  public static Transcripts open(
      TranscriptSettings settings, Database database, Path dataDir, Surroundings surroundings)
      throws IOException {
    Shelf shelf =
        database.dialect() == Dialect.H2
            ? new FolderShelf(dataDir.resolve("transcripts"), settings)
            : new ShelfStore(database, settings);
    Transcripts transcripts = new Transcripts(settings, shelf, surroundings);
    transcripts.thread.start();
    return transcripts;
  }

  /// Keeps an attempt, if it can; never waits.
  public void keep(Attempt attempt) {
    if (!settings.isOn()) {
      return;
    }
    Waiting entry = new Waiting(attempt, surroundings.clock().instant());
    int size = attempt.weight();
    lock.lock();
    try {
      if (closed || weight + size > MOST) {
        dropped.increment();
        return;
      }
      weight += size;
      waiting.add(entry);
      if (waiting.size() == 1 || weight >= BLOCK) {
        changed.signalAll();
      }
    } finally {
      lock.unlock();
    }
  }

  /// The attempts at a message's deliveries that are still known, in their order.
  ///
  /// @param since when the message was accepted
  /// @throws IOException when they cannot be read
  public List<Transcript> of(UUID messageId, Instant since) throws IOException {
    if (!settings.isOn()) {
      return List.of();
    }
    Instant oldest = surroundings.clock().instant().minus(settings.kept());
    Instant first = since.minus(SKEW);
    List<Transcript> found = new ArrayList<>();
    // first what waits: what is written meanwhile is on the shelf
    for (Waiting each : unwritten()) {
      found.add(Transcript.of(each.attempt(), each.endedAt(), Dialogue::lines));
    }
    for (byte[] content : shelf.find(messageId, first.isAfter(oldest) ? first : oldest)) {
      found.addAll(Block.unpack(content));
    }
    return found.stream()
        .filter(each -> each.delivery().messageId().equals(messageId))
        .filter(each -> !each.began().isBefore(oldest))
        .distinct()
        .sorted(ORDER)
        .toList();
  }

  /// Writes what waits, then stops.
  @Override
  public void close() {
    lock.lock();
    try {
      closed = true;
      changed.signalAll();
    } finally {
      lock.unlock();
    }
    try {
      thread.join();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    shelf.close();
  }

  /// Waits until everything handed in before is written or let go of.
  void flush() {
    lock.lock();
    try {
      while (!waiting.isEmpty() || !inHand.isEmpty()) {
        hurry = true;
        changed.signalAll();
        changed.awaitUninterruptibly();
      }
    } finally {
      lock.unlock();
    }
  }

  private List<Waiting> unwritten() {
    lock.lock();
    try {
      List<Waiting> all = new ArrayList<>(inHand);
      all.addAll(waiting);
      return all;
    } finally {
      lock.unlock();
    }
  }

  private void run() {
    while (gather()) {
      try {
        write(inHand);
      } catch (IOException | RuntimeException failure) {
        dropped.increment(inHand.size());
        report(failure);
      }
      done();
      forget();
    }
  }

  /// Takes what waits in hand, when it is worth a block or has waited long enough.
  ///
  /// @return false at the end
  private boolean gather() {
    lock.lock();
    try {
      long idle = FORGET.toNanos();
      while (waiting.isEmpty() && !closed && idle > 0) {
        idle = changed.awaitNanos(idle);
      }
      long left = LONGEST_WAIT.toNanos();
      while (!waiting.isEmpty() && weight < BLOCK && !hurry && !closed && left > 0) {
        left = changed.awaitNanos(left);
      }
      inHand = waiting;
      waiting = new ArrayList<>();
      weight = 0;
      hurry = false;
      return !inHand.isEmpty() || !closed;
    } catch (InterruptedException interrupted) {
      return false;
    } finally {
      lock.unlock();
    }
  }

  private void done() {
    lock.lock();
    try {
      inHand = List.of();
      changed.signalAll();
    } finally {
      lock.unlock();
    }
  }

  private void write(List<Waiting> attempts) throws IOException {
    if (attempts.isEmpty()) {
      return;
    }
    if (!surroundings.mayWrite().getAsBoolean()) {
      dropped.increment(attempts.size());
      return;
    }
    Map<Dialogue, List<Dialogue.Line>> lines = new IdentityHashMap<>();
    List<Transcript> transcripts = new ArrayList<>(attempts.size());
    for (Waiting each : attempts) {
      transcripts.add(
          Transcript.of(
              each.attempt(),
              each.endedAt(),
              dialogue -> lines.computeIfAbsent(dialogue, key -> List.copyOf(key.lines()))));
    }
    shelf.put(Block.of(transcripts));
    kept.increment(attempts.size());
    failing = false;
  }

  private void forget() {
    Instant now = surroundings.clock().instant();
    if (Duration.between(forgotten, now).compareTo(FORGET) < 0) {
      return;
    }
    forgotten = now;
    try {
      shelf.forget(now);
    } catch (IOException | RuntimeException failure) {
      report(failure);
    }
  }

  /// In full at the first of a series only.
  private void report(Exception failure) {
    if (failing) {
      LOG.debug("transcripts are not kept", failure);
    } else {
      failing = true;
      LOG.warn("transcripts are not kept; mail is not concerned", failure);
    }
  }

  private static Counter counter(MeterRegistry registry, String result) {
    return Counter.builder("waybill.transcripts")
        .description("Attempts whose transcript was kept or let go of")
        .tag("result", result)
        .register(registry);
  }
}

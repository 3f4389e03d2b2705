package dev.waybill.relay.access;

import dev.waybill.relay.storage.Database;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.HashMap;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.LongSupplier;

/// How many more recipients a key may submit to. Any thread may use it.
///
/// A minute's worth comes back evenly and is each node's own. A day's worth is counted in the
/// database, by whoever accepts the message: it outlives a restart, and what other nodes accepted
/// is known after the next [#refresh].
public final class KeyAllowance {
  /// Whether one more recipient may be named.
  public sealed interface Answer {
    record Granted() implements Answer {}

    /// The minute's are used up; there is room again after that time.
    record Later(Duration pause) implements Answer {}

    /// The day's are used up.
    record UsedUp() implements Answer {}
  }

  /// What the database said of a day.
  private record Recorded(LocalDate day, Map<UUID, Long> recipients) {}

  private static final Answer GRANTED = new Answer.Granted();
  private static final double NANOS_A_MINUTE = 60e9;

  private final KeyUsageStore store;
  private final InstantSource clock;
  private final LongSupplier nanos;
  private final Map<UUID, Counter> counters = new ConcurrentHashMap<>();
  private volatile Recorded recorded;

  /// @param clock tells the day
  /// @param nanos a monotonic clock in nanoseconds
  public KeyAllowance(Database database, InstantSource clock, LongSupplier nanos) {
    this.store = new KeyUsageStore(database);
    this.clock = clock;
    this.nanos = nanos;
    this.recorded = read();
  }

  /// What one message takes; nothing is refused to a key without limits.
  public Share share(ApiKey key) {
    return new Share(key.sending(), counters.computeIfAbsent(key.id(), Counter::new));
  }

  /// Reads again what was accepted today, by whatever node.
  public void refresh() {
    // what is counted here before the reading is in the database: it was committed before
    Map<Counter, Long> before = new HashMap<>();
    counters.values().forEach(counter -> before.put(counter, counter.accepted()));
    recorded = read();
    before.forEach(Counter::isRecorded);
  }

  private Recorded read() {
    LocalDate today = today();
    return new Recorded(today, store.read(today));
  }

  private LocalDate today() {
    return KeyUsageStore.day(clock.instant());
  }

  /// What one message takes of its key's allowance. Confined to the session's thread.
  public final class Share {
    private final ApiKey.Sending limits;
    private final Counter counter;
    private int taken;

    private Share(ApiKey.Sending limits, Counter counter) {
      this.limits = limits;
      this.counter = counter;
    }

    /// Asks for one more recipient.
    public Answer take() {
      if (!limits.isLimited()) {
        return GRANTED;
      }
      Answer answer = counter.take(limits);
      if (answer instanceof Answer.Granted) {
        taken++;
      }
      return answer;
    }

    /// The message was accepted: what was taken is gone.
    public void spend() {
      counter.spend(taken);
      taken = 0;
    }

    /// Nothing came of the message, or of more than was [spent][#spend].
    public void giveBack() {
      if (taken > 0) {
        counter.giveBack(limits, taken);
        taken = 0;
      }
    }
  }

  /// One key's figures.
  private final class Counter {
    private final UUID key;
    private LocalDate day = today();

    /// Taken by messages that are not accepted yet.
    private long reserved;

    /// Accepted today and perhaps not in [#recorded] yet.
    private long accepted;

    /// Taken of the minute's allowance and not come back yet.
    private double used;

    private long usedAt = nanos.getAsLong();

    Counter(UUID key) {
      this.key = key;
    }

    synchronized long accepted() {
      return accepted;
    }

    synchronized void isRecorded(long count) {
      accepted = Math.max(0, accepted - count);
    }

    synchronized Answer take(ApiKey.Sending limits) {
      turnDay();
      if (limits.perDay() > 0 && recordedToday() + accepted + reserved >= limits.perDay()) {
        return new Answer.UsedUp();
      }
      if (limits.perMinute() > 0) {
        double left = comeBack(limits.perMinute());
        if (left < 1) {
          return new Answer.Later(
              Duration.ofNanos((long) Math.ceil((1 - left) * NANOS_A_MINUTE / limits.perMinute())));
        }
        used++;
      }
      reserved++;
      return GRANTED;
    }

    synchronized void spend(int count) {
      turnDay();
      reserved -= count;
      accepted += count;
    }

    synchronized void giveBack(ApiKey.Sending limits, int count) {
      reserved -= count;
      if (limits.perMinute() > 0) {
        used = Math.max(0, used - count);
      }
    }

    /// Lets come back what time has given.
    ///
    /// @return what is left of the minute's allowance
    private double comeBack(int perMinute) {
      long now = nanos.getAsLong();
      used = Math.max(0, used - (now - usedAt) / NANOS_A_MINUTE * perMinute);
      usedAt = now;
      return perMinute - used;
    }

    private void turnDay() {
      LocalDate today = today();
      if (!today.equals(day)) {
        day = today;
        accepted = 0;
      }
    }

    private long recordedToday() {
      Recorded known = recorded;
      return known.day().equals(day) ? known.recipients().getOrDefault(key, 0L) : 0;
    }
  }
}

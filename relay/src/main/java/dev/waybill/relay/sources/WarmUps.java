package dev.waybill.relay.sources;

import dev.waybill.relay.streams.Stream;
import java.net.InetAddress;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;

/// How much new addresses may send yet today. Any thread may use it; nothing here waits for the
/// storage, see [SourceUse].
///
/// An address is picked by chance among those of its pool that something is left of, so new ones
/// take their share up to the allowance and known ones the rest. Mail whose time is nearly over is
/// never held back: it must not come back for our own pacing.
public final class WarmUps {
  /// The last part of a message's lifetime, in which it goes whatever was sent before.
  private static final int LAST_PART = 4;

  private static final Duration LAST_DAY = Duration.ofDays(1);
  private static final Duration SHORTEST_PAUSE = Duration.ofMinutes(1);

  /// Addresses that a reason names.
  private static final int NAMED = 2;

  /// Why mail does not leave, and for how long.
  public record Wait(String reason, Duration pause) {}

  /// How an address stands.
  ///
  /// @param day which day of its warm-up it is, 1 on the first, less before; 0 without a warm-up
  /// @param sent messages today, where they are counted
  /// @param allowed messages today; [WarmUpSchedule#UNLIMITED] for no limit
  public record Standing(SourceAddress source, long day, long sent, long allowed) {
    /// Whether there is a limit today.
    public boolean isLimited() {
      return allowed != WarmUpSchedule.UNLIMITED;
    }
  }

  private final SourcePools pools;
  private final Function<Stream, Duration> lifetimes;
  private final InstantSource clock;
  private final Map<InetAddress, DayCount> counts = new LinkedHashMap<>();
  private final Map<String, NextDay> nextDays = new TreeMap<>();

  /// @param lifetimes how long mail of a stream is tried
  public WarmUps(SourcePools pools, Function<Stream, Duration> lifetimes, InstantSource clock) {
    this.pools = pools;
    this.lifetimes = lifetimes;
    this.clock = clock;
    for (SourceAddress source : pools.addresses()) {
      WarmUp warmUp = source.warmUp();
      if (warmUp != null) {
        counts.put(source.address(), new DayCount(source, warmUp, clock));
        nextDays.putIfAbsent(source.pool(), new NextDay());
      }
    }
  }

  /// Where every address is known.
  public static WarmUps none() {
    return new WarmUps(SourcePools.NONE, _ -> Duration.ZERO, () -> Instant.EPOCH);
  }

  /// Those of a pool's addresses that mail may leave from now.
  ///
  /// @param since when the mail was due first
  public SourceChoice choice(List<SourceAddress> pool, Stream stream, Instant since) {
    List<SourceAddress> open = counts.isEmpty() ? pool : open(pool);
    return new SourceChoice(pool, open, open.size() < pool.size() && isLastCall(stream, since));
  }

  /// Why mail does not leave from a pool today, where that is so.
  ///
  /// @param since when the mail was due first
  public Wait hold(List<SourceAddress> pool, Stream stream, Instant since) {
    List<DayCount> spent =
        pool.stream()
            .flatMap(source -> Optional.ofNullable(counts.get(source.address())).stream())
            .filter(count -> !count.hasLeft())
            .toList();
    String named =
        spent.stream().limit(NAMED).map(DayCount::reason).collect(Collectors.joining("; "));
    String others = spent.size() > NAMED ? "; and %d more".formatted(spent.size() - NAMED) : "";
    Instant place = place(spent, pool);
    Instant lastCall = lastCall(stream, since);
    Duration pause = Duration.between(clock.instant(), place.isBefore(lastCall) ? place : lastCall);
    return new Wait(
        spent.isEmpty() ? "warm-up: a new day begins" : "warm-up " + named + others,
        pause.compareTo(SHORTEST_PAUSE) < 0 ? SHORTEST_PAUSE : pause);
  }

  /// Whether a connection from an address may carry one more message.
  ///
  /// @param since when the mail was due first
  public boolean hasLeft(InetAddress source, Stream stream, Instant since) {
    DayCount count = counts.get(source);
    return count == null || count.hasLeft() || isLastCall(stream, since);
  }

  /// Counts one message that is about to be sent from an address.
  ///
  /// @param since when the mail was due first
  /// @return false where nothing is left: the message must not be sent from there
  public boolean take(InetAddress source, Stream stream, Instant since) {
    DayCount count = counts.get(source);
    return count == null || count.take(false) || (isLastCall(stream, since) && count.take(true));
  }

  /// How every address stands, in the order of the configuration.
  public List<Standing> standings() {
    LocalDate today = DayCount.today(clock);
    return pools.addresses().stream()
        .map(source -> {
          DayCount count = counts.get(source.address());
          return count == null
              ? new Standing(source, 0, 0, WarmUpSchedule.UNLIMITED)
              : new Standing(
                  source, count.warmUp().dayOf(today), count.usedToday(), count.allowedToday());
        })
        .toList();
  }

  /// What the database is told.
  Collection<DayCount> counts() {
    return counts.values();
  }

  /// What was put off, by the pools that have a new address.
  Map<String, NextDay> nextDays() {
    return nextDays;
  }

  private List<SourceAddress> open(List<SourceAddress> pool) {
    return pool.stream()
        .filter(source -> {
          DayCount count = counts.get(source.address());
          return count == null || count.hasLeft();
        })
        .toList();
  }

  /// On the next day on which anything may leave from one of the addresses.
  private Instant place(List<DayCount> spent, List<SourceAddress> pool) {
    NextDay next = pool.isEmpty() ? null : nextDays.get(pool.getFirst().pool());
    if (next == null || spent.isEmpty()) {
      // meanwhile the day has turned
      return clock.instant();
    }
    LocalDate tomorrow = DayCount.today(clock).plusDays(1);
    LocalDate day =
        spent.stream()
            .map(count -> count.warmUp().begins())
            .map(begins -> begins.isAfter(tomorrow) ? begins : tomorrow)
            .min(LocalDate::compareTo)
            .orElse(tomorrow);
    long allowance = 0;
    for (DayCount count : spent) {
      long more = count.warmUp().allowance(day);
      allowance += Math.min(more, WarmUpSchedule.UNLIMITED - allowance);
    }
    return next.place(day, allowance);
  }

  private boolean isLastCall(Stream stream, Instant since) {
    return !clock.instant().isBefore(lastCall(stream, since));
  }

  private Instant lastCall(Stream stream, Instant since) {
    Duration lifetime = lifetimes.apply(stream);
    Duration part = lifetime.dividedBy(LAST_PART);
    return since.plus(lifetime).minus(part.compareTo(LAST_DAY) < 0 ? part : LAST_DAY);
  }
}

package dev.waybill.relay.sources;

import dev.waybill.relay.storage.Database;
import dev.waybill.relay.streams.Stream;
import io.micrometer.core.instrument.FunctionCounter;
import io.micrometer.core.instrument.Gauge;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Duration;
import java.time.InstantSource;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps what new addresses have sent beyond a restart, and adds up what all nodes sent.
///
/// Messages are counted in memory and added to the database by [#write], every few seconds: a crash
/// may forget what was sent since, and nodes may together send as much more than a day's allowance.
/// Any thread may ask; [#write] and [#close] belong to one at a time.
public final class SourceUse implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(SourceUse.class);

  private final WarmUps warmUps;
  private final SourceUseStore store;
  private final InstantSource clock;

  private SourceUse(WarmUps warmUps, Database database, InstantSource clock) {
    this.warmUps = warmUps;
    this.store = new SourceUseStore(database);
    this.clock = clock;
  }

  /// Reads what was sent today.
  ///
  /// @param lifetimes how long mail of a stream is tried
  public static SourceUse open(
      SourcePools pools,
      Function<Stream, Duration> lifetimes,
      Database database,
      InstantSource clock,
      MeterRegistry meters) {
    SourceUse use = new SourceUse(new WarmUps(pools, lifetimes, clock), database, clock);
    use.write();
    use.bindTo(meters);
    use.warn(pools);
    return use;
  }

  /// What may be sent yet.
  public WarmUps warmUps() {
    return warmUps;
  }

  /// Adds what was sent to the database, and learns what other nodes sent. When it fails, nothing
  /// is forgotten, and it is to be called again.
  public void write() {
    if (warmUps.counts().isEmpty()) {
      return;
    }
    LocalDate day = DayCount.today(clock);
    SortedMap<String, Long> messages = new TreeMap<>();
    for (DayCount count : warmUps.counts()) {
      long sent = count.leave(day);
      if (sent > 0) {
        messages.put(name(count), sent);
      }
    }
    if (!messages.isEmpty()) {
      try {
        store.add(day, messages);
      } catch (RuntimeException trouble) {
        warmUps.counts().forEach(DayCount::stay);
        throw trouble;
      }
      warmUps.counts().forEach(count -> count.left(day));
    }
    Map<String, Long> known = store.read(day);
    warmUps.counts().forEach(count -> count.recorded(day, known.getOrDefault(name(count), 0L)));
  }

  /// Writes once more, when nothing is sent any longer.
  @Override
  public void close() {
    try {
      write();
    } catch (RuntimeException trouble) {
      LOG.warn("what was sent last from new addresses is not counted", trouble);
    }
  }

  private void bindTo(MeterRegistry meters) {
    for (DayCount count : warmUps.counts()) {
      Gauge.builder("waybill.source.messages", count, DayCount::usedToday)
          .description("Messages sent today from an address that is being warmed up")
          .tag("source", name(count))
          .register(meters);
      Gauge.builder("waybill.source.allowance", count, SourceUse::allowance)
          .description("Messages that may be sent today from an address that is being warmed up")
          .tag("source", name(count))
          .register(meters);
    }
    warmUps
        .nextDays()
        .forEach((pool, next) ->
            FunctionCounter.builder("waybill.source.postponed", next, NextDay::given)
                .description("Deliveries put off because a pool's addresses are being warmed up")
                .tag("pool", pool)
                .register(meters));
  }

  private static double allowance(DayCount count) {
    long allowed = count.allowedToday();
    return allowed == WarmUpSchedule.UNLIMITED ? Double.POSITIVE_INFINITY : allowed;
  }

  /// A pool without any known address sends less than its mail may need.
  private void warn(SourcePools pools) {
    for (String pool : SourcePools.names(pools.addresses())) {
      List<WarmUps.Standing> own =
          warmUps.standings().stream()
              .filter(standing -> standing.source().pool().equals(pool))
              .toList();
      if (!own.isEmpty() && own.stream().allMatch(WarmUps.Standing::isLimited)) {
        LOG.warn(
            "pool {} has no known address: of its mail {} messages may leave today, and the rest"
                + " waits (delivery.sources, warm-up)",
            pool,
            own.stream().mapToLong(WarmUps.Standing::allowed).sum());
      }
    }
  }

  private static String name(DayCount count) {
    return count.source().address().getHostAddress();
  }
}

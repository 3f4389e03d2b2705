package dev.waybill.relay.tlsreport;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.transport.TlsSession;
import io.micrometer.core.instrument.Counter;
import java.time.InstantSource;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/// Counts sessions in memory until they are written down. Counting may be done by any thread and
/// asks nobody; writing down is for one thread at a time.
final class SessionCounts {
  private static final int MAX_PENDING = 50_000;
  private static final int MAX_LOOKUPS = 50;
  private static final int AT_ONCE = 500;

  /// For how long the counts of a domain wait for the DNS to say whether it wants them, in days.
  private static final int PATIENCE = 1;

  private record Key(LocalDate day, TlsSession session) {}

  private final ReportRecords records;
  private final TlsSessionStore store;
  private final InstantSource clock;
  private final Counter lost;
  private final KeyBounds bounds = new KeyBounds();
  private final Map<Key, Long> pending = new ConcurrentHashMap<>();

  /// @param lost counts what finds no room
  SessionCounts(ReportRecords records, TlsSessionStore store, InstantSource clock, Counter lost) {
    this.records = records;
    this.store = store;
    this.clock = clock;
    this.lost = lost;
  }

  void count(TlsSession session) {
    add(new Key(today(), session), 1);
  }

  private void add(Key key, long count) {
    if (pending.size() >= MAX_PENDING && !pending.containsKey(key)) {
      lost.increment(count);
    } else {
      pending.merge(key, count, Long::sum);
    }
  }

  private LocalDate today() {
    return LocalDate.ofInstant(clock.instant(), ZoneOffset.UTC);
  }

  /// Writes down what was counted for domains that want to know.
  ///
  /// @throws dev.waybill.relay.storage.StorageException when it could not be written; it is kept
  void save() {
    List<CountedSession> taken = take();
    if (taken.isEmpty()) {
      return;
    }
    Map<DomainName, ReportRecords.Known> known = lookUp(taken);
    LocalDate oldest = today().minusDays(PATIENCE);
    List<CountedSession> wanted = new ArrayList<>();
    for (CountedSession counted : taken) {
      switch (known.get(counted.session().domain())) {
        case ReportRecords.Known.Asks _ -> wanted.add(counted);
        case ReportRecords.Known.AsksNot _ -> {}
        case ReportRecords.Known.Unknown _ -> {
          if (counted.day().isBefore(oldest)) {
            lost.increment(counted.count());
          } else {
            putBack(counted);
          }
        }
        case null -> putBack(counted);
      }
    }
    bounds.forgetBefore(oldest);
    List<CountedSession> bounded = new ArrayList<>();
    for (CountedSession counted : wanted) {
      bounds.fit(counted).ifPresentOrElse(bounded::add, () -> lost.increment(counted.count()));
    }
    write(bounded);
  }

  /// Writes batch after batch; what was not written is kept.
  private void write(List<CountedSession> sessions) {
    int written = 0;
    try {
      while (written < sessions.size()) {
        int end = Math.min(sessions.size(), written + AT_ONCE);
        store.add(sessions.subList(written, end));
        written = end;
      }
    } finally {
      sessions.subList(written, sessions.size()).forEach(this::putBack);
    }
  }

  private List<CountedSession> take() {
    List<CountedSession> taken = new ArrayList<>();
    for (Key key : pending.keySet()) {
      Long count = pending.remove(key);
      if (count != null) {
        taken.add(new CountedSession(key.day(), key.session(), count));
      }
    }
    return taken;
  }

  private void putBack(CountedSession counted) {
    add(new Key(counted.day(), counted.session()), counted.count());
  }

  /// A domain whose look-up failed by our own fault is left out.
  private Map<DomainName, ReportRecords.Known> lookUp(List<CountedSession> sessions) {
    Map<DomainName, ReportRecords.Known> known = new ConcurrentHashMap<>();
    SideBySide.forEach(
        sessions.stream().map(counted -> counted.session().domain()).distinct().toList(),
        MAX_LOOKUPS,
        domain -> known.put(domain, records.of(domain)));
    return known;
  }
}

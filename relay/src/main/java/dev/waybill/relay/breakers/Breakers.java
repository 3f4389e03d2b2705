package dev.waybill.relay.breakers;

import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.events.Journal;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.Dialect;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.streams.Streams;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.Tags;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.random.RandomGenerator;
import org.jdbi.v3.core.Handle;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Judges each stream of each domain by its bounces and complaints, and says whose mail is held.
///
/// Any thread may use it; one calls [#look] every few seconds.
public final class Breakers {
  private static final Logger LOG = LoggerFactory.getLogger(Breakers.class);

  /// Nodes that count at the same time seldom write the same rows.
  private static final int SLOTS = 16;

  /// How long every node takes to see a release, with much to spare.
  private static final Duration HEARD_OF = Duration.ofSeconds(15);

  private static final int MOST_SHOWN = 1_000;
  private static final int LOOKS_BETWEEN = 30;
  private static final int MOST_OF_STORY = 100;

  /// What the breakers are built on.
  public record Foundation(
      Database database,
      Journal journal,
      InstantSource clock,
      RandomGenerator random,
      MeterRegistry meters) {}

  private final BreakerSettings settings;
  private final Streams streams;
  private final Foundation on;
  private final BreakerStore store;
  private final MultiGauge shown;
  private final int slot;
  private final Set<BreakerKey> touched = ConcurrentHashMap.newKeySet();

  /// Enough that is bad, and not enough mail yet to say how much of it that is.
  private final Set<BreakerKey> undecided = ConcurrentHashMap.newKeySet();

  private volatile SortedMap<BreakerKey, Breaker> states;

  // of whoever looks, under the lock of this
  private long forgottenAt = Long.MIN_VALUE;
  private long looks;
  private Set<BreakerKey> again = Set.of();

  /// Reads how things stand.
  public Breakers(BreakerSettings settings, Streams streams, Foundation foundation) {
    this.settings = settings;
    this.streams = streams;
    this.on = foundation;
    this.store = new BreakerStore(foundation.database(), settings.windows());
    this.slot =
        foundation.database().dialect() == Dialect.H2 ? 0 : foundation.random().nextInt(SLOTS);
    this.shown =
        MultiGauge.builder("waybill.breaker.state")
            .description("Streams that are warned (1), held (2) or just released (3)")
            .register(foundation.meters());
    // what an earlier process counted may not have been judged
    touched.addAll(store.withBadNews(foundation.clock().instant()));
    this.states = store.states();
    show();
  }

  /// Why mail of the stream waits; null where it does not. It reads memory only.
  public @Nullable String heldFor(String domain, Stream stream) {
    SortedMap<BreakerKey, Breaker> now = states;
    if (now.isEmpty() || !stream.isMarketing()) {
      return null;
    }
    Breaker breaker = now.get(new BreakerKey(domain, stream.name()));
    return breaker == null || breaker.state() != BreakerState.HELD ? null : breaker.reason();
  }

  /// Counts one batch.
  public TallyStore tally() {
    return new TallyStore(slot, this::isOn, this::counted);
  }

  private void counted(BreakerKey key, Figures more) {
    if (more.hard() > 0 || more.complained() > 0 || undecided.contains(key)) {
      touched.add(key);
    }
  }

  /// Counts news about a copy that was delivered before: a hard bounce or a complaint; other news
  /// is passed over. Within the transaction that tells it.
  ///
  /// @param story what happened to the delivery before
  public void late(Handle handle, Event news, List<Event> story) {
    boolean complaint = news.type() == EventType.EMAIL_COMPLAINED;
    boolean bounce =
        news.type() == EventType.EMAIL_BOUNCED && "hard".equals(news.facts().get("permanence"));
    String domain = news.domain();
    if (domain == null || story.isEmpty() || !(complaint || bounce)) {
      return;
    }
    String stream = story.getFirst().facts().getOrDefault("stream", Stream.TRANSACTIONAL.name());
    BreakerKey key = new BreakerKey(domain, stream);
    Instant delivered =
        story.stream()
            .filter(event -> event.type() == EventType.EMAIL_DELIVERED)
            .map(Event::at)
            .findFirst()
            .orElse(news.at());
    Instant from = BreakerStore.countedFrom(handle, key);
    if (from == null || !delivered.isBefore(from)) {
      TallyStore tally = tally();
      tally.add(key, delivered, complaint ? Figures.COMPLAINED : Figures.BOUNCED_LATE);
      tally.write(handle);
    }
  }

  /// How long a story is worth reading for [#late].
  public static int mostOfStory() {
    return MOST_OF_STORY;
  }

  /// How far back the figures of the long window go.
  public Duration longWindow() {
    return settings.windows().longer();
  }

  /// Every stream that has figures or a state, by domain and name.
  ///
  /// @param domain only of this domain; null for all
  public List<Breaker> list(@Nullable String domain) {
    SortedMap<BreakerKey, Breaker> now = store.states();
    Map<BreakerKey, List<Figures>> figures = store.figures(on.clock().instant(), domain, null);
    Set<BreakerKey> keys = new TreeSet<>(now.keySet());
    keys.addAll(figures.keySet());
    List<Breaker> all = new ArrayList<>();
    for (BreakerKey key : keys) {
      if (domain == null || key.domain().equals(domain)) {
        all.add(whole(key, now.get(key), figures.get(key)));
      }
    }
    return all;
  }

  /// Those that are not `ok`, from memory and without their figures.
  public List<Breaker> unusual() {
    return states.values().stream().filter(each -> each.state() != BreakerState.OK).toList();
  }

  /// Lets mail of a held stream go on, and counts anew. A warned one is only counted anew.
  ///
  /// @return how it stands now; empty where it is neither held nor warned
  public Optional<Breaker> release(String domain, String stream) {
    BreakerKey key = new BreakerKey(domain, stream);
    Breaker before = store.states().get(key);
    if (before == null
        || (before.state() != BreakerState.HELD && before.state() != BreakerState.WARNED)) {
      return Optional.empty();
    }
    BreakerState to =
        before.state() == BreakerState.HELD ? BreakerState.RELEASING : BreakerState.OK;
    change(before, to, "released by hand", EventType.STREAM_RELEASED);
    read();
    return Optional.of(whole(key, states.get(key), null));
  }

  /// A release has reached everything that was held.
  public void released(Breaker releasing) {
    Instant since = releasing.since();
    if (since != null && since.plus(HEARD_OF).isBefore(on.clock().instant())) {
      change(releasing, BreakerState.OK, null, null);
      read();
    }
  }

  /// Judges what was counted since the last look and hears what other nodes judged.
  public synchronized void look() {
    read();
    Instant now = on.clock().instant();
    Set<BreakerKey> due = new HashSet<>(again);
    due.addAll(touched);
    // news is heard of before its commit: the next look sees it for certain
    again = Set.copyOf(touched);
    if (++looks % LOOKS_BETWEEN == 0) {
      // what other nodes delivered of them is not heard of here
      due.addAll(undecided);
    }
    states.values().stream()
        .filter(each -> each.state() == BreakerState.WARNED)
        .forEach(each -> due.add(each.key()));
    // judged when every node has let go of it
    due.removeIf(key -> known(key).state() == BreakerState.RELEASING);
    for (BreakerKey key : due) {
      boolean news = touched.remove(key);
      try {
        judge(key, now);
      } catch (RuntimeException failure) {
        if (news) {
          touched.add(key);
        }
        throw failure;
      }
    }
    long hour = TallyStore.hour(now);
    if (hour != forgottenAt) {
      store.forget(now);
      forgottenAt = hour;
    }
  }

  private void judge(BreakerKey key, Instant now) {
    Breaker before = known(key);
    if (!isOn(key.stream())
        || (before.state() != BreakerState.OK && before.state() != BreakerState.WARNED)) {
      return;
    }
    Breaker whole = whole(key, before, store.figures(now, key.domain(), key.stream()).get(key));
    BreakerSettings.Verdict verdict = settings.judge(whole.recent(), whole.longer());
    if (settings.isUndecided(whole.recent()) || settings.isUndecided(whole.longer())) {
      undecided.add(key);
    } else {
      undecided.remove(key);
    }
    boolean mayHold = streams.find(key.stream()).filter(settings::mayHold).isPresent();
    BreakerState to =
        verdict.level() == BreakerState.HELD && !mayHold ? BreakerState.WARNED : verdict.level();
    if (before.state() == BreakerState.WARNED && to == BreakerState.OK && !verdict.calm()) {
      return;
    }
    if (to != before.state()) {
      String reason = to == BreakerState.OK ? null : verdict.reason();
      change(
          before,
          to,
          reason,
          switch (to) {
            case HELD -> EventType.STREAM_HELD;
            case WARNED -> EventType.STREAM_WARNED;
            case OK, RELEASING -> null;
          });
      read();
    }
  }

  private void change(
      Breaker before, BreakerState to, @Nullable String reason, @Nullable EventType told) {
    Instant now = on.clock().instant();
    boolean changed =
        on.database()
            .durably(handle -> {
              if (!BreakerStore.change(
                  handle, before, to, to == BreakerState.OK ? null : reason, now)) {
                return false;
              }
              if (told == EventType.STREAM_RELEASED) {
                BreakerStore.countAnew(handle, before.key(), now);
              }
              if (told != null) {
                on.journal().append(handle, List.of(event(told, before.key(), reason, now)));
              }
              return true;
            });
    if (changed) {
      LOG.warn(
          "stream {} of {} is {} (was {}): {}",
          before.key().stream(),
          before.key().domain(),
          to.text(),
          before.state().text(),
          reason == null ? "within the limits" : reason);
    }
  }

  private static Event event(EventType type, BreakerKey key, @Nullable String reason, Instant now) {
    Map<String, String> facts = new HashMap<>(Map.of("stream", key.stream()));
    if (reason != null) {
      facts.put("reason", reason);
    }
    return new Event(type, now, null, null, key.domain(), facts);
  }

  private boolean isOn(String stream) {
    return settings.modeOf(stream) != BreakerSettings.Mode.OFF;
  }

  private void read() {
    states = store.states();
    show();
  }

  private void show() {
    shown.register(
        unusual().stream()
            .limit(MOST_SHOWN)
            .<MultiGauge.Row<?>>map(each ->
                MultiGauge.Row.of(
                    Tags.of("domain", each.key().domain(), "stream", each.key().stream()),
                    each.state().ordinal()))
            .toList(),
        true);
  }

  private static Breaker whole(
      BreakerKey key, @Nullable Breaker state, @Nullable List<Figures> figures) {
    Breaker known = state == null ? fresh(key) : state;
    return figures == null ? known : known.with(figures.getFirst(), figures.getLast());
  }

  private Breaker known(BreakerKey key) {
    return states.getOrDefault(key, fresh(key));
  }

  private static Breaker fresh(BreakerKey key) {
    return new Breaker(key, BreakerState.OK, null, null, Figures.NONE, Figures.NONE);
  }
}

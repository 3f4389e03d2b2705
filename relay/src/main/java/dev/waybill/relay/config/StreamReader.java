package dev.waybill.relay.config;

import dev.waybill.relay.breakers.BreakerSettings;
import dev.waybill.relay.queue.QueueSettings;
import dev.waybill.relay.queue.RetrySchedule;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.streams.Streams;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/// Reads `streams.<name>.…`, whose names the operator makes up. Confined to the thread that starts
/// the relay.
final class StreamReader {
  private static final String SECTION = "streams";
  private static final String KIND = "kind";
  private static final String TITLE = "title";
  private static final String RETENTION = "retention";
  private static final String FIRST = "retry.first";
  private static final String LONGEST = "retry.longest";
  private static final String LIFETIME = "retry.lifetime";
  private static final String BREAKER = "breaker";
  private static final String POOL = "pool";
  private static final List<String> ALL =
      List.of(KIND, TITLE, RETENTION, FIRST, LONGEST, LIFETIME, BREAKER, POOL);

  /// The settings of one stream.
  private record StreamKeys(
      String name,
      Key<Stream.Kind> kind,
      Key<String> title,
      Key<Duration> retention,
      Key<Duration> first,
      Key<Duration> longest,
      Key<Duration> lifetime,
      Key<BreakerSettings.Mode> breaker,
      Key<String> pool) {
    static StreamKeys of(String name) {
      return new StreamKeys(
          name,
          key(name, KIND, Kind.oneOf(Stream.Kind.class)),
          key(name, TITLE, Kind.text()),
          key(name, RETENTION, Kind.duration()),
          key(name, FIRST, Kind.duration()),
          key(name, LONGEST, Kind.duration()),
          key(name, LIFETIME, Kind.duration()),
          key(name, BREAKER, Kind.oneOf(BreakerSettings.Mode.class)),
          key(name, POOL, Kind.text()));
    }

    List<Key<?>> all() {
      return List.of(kind, title, retention, first, longest, lifetime, breaker, pool);
    }

    private static <T> Key<T> key(String name, String last, Kind<T> kind) {
      return new Key<>(String.join(".", SECTION, name, last), kind, Key.Form.SINGLE, "");
    }
  }

  private final Configuration configuration;
  private final List<StreamKeys> streams;

  StreamReader(Configuration configuration) {
    this.configuration = configuration;
    this.streams = configuration.sections(SECTION, ALL).stream().map(StreamKeys::of).toList();
  }

  /// The settings that there are for the streams that are named.
  List<Key<?>> keys() {
    return streams.stream().flatMap(keys -> keys.all().stream()).<Key<?>>map(key -> key).toList();
  }

  /// @throws IllegalArgumentException for a name, a kind or a title that cannot be
  Streams streams() {
    List<Streams.Configured> configured = new ArrayList<>();
    for (StreamKeys keys : streams) {
      Optional<Stream.Kind> builtIn = Stream.Kind.parse(keys.name());
      Stream.Kind kind =
          configuration
              .optional(keys.kind())
              .or(() -> builtIn)
              .orElseThrow(() ->
                  new IllegalArgumentException(
                      "%s is not set (expected: %s)"
                          .formatted(keys.kind().name(), keys.kind().kind().expected())));
      configured.add(
          new Streams.Configured(
              new Stream(keys.name(), kind), configuration.optional(keys.title()).orElse("")));
    }
    return Streams.of(configured);
  }

  /// What the breakers of single streams do.
  ///
  /// @throws IllegalArgumentException where a transactional one is to be held
  Map<String, BreakerSettings.Mode> breakers(Streams kinds) {
    Map<String, BreakerSettings.Mode> modes = new HashMap<>();
    for (StreamKeys keys : streams) {
      configuration.optional(keys.breaker()).ifPresent(mode -> modes.put(keys.name(), mode));
    }
    modes.forEach((name, mode) -> {
      if (mode == BreakerSettings.Mode.HOLD
          && kinds.find(name).filter(Stream::isMarketing).isEmpty()) {
        throw new IllegalArgumentException(
            "%s.%s: hold (expected: off or warn, mail of a transactional stream is never held)"
                .formatted(name, BREAKER));
      }
    });
    return modes;
  }

  /// The keys that say from which addresses a stream's mail leaves, by the stream's name.
  Map<String, Key<String>> pools() {
    return streams.stream().collect(Collectors.toMap(StreamKeys::name, StreamKeys::pool));
  }

  /// What is different for single streams; what is not said is as for all.
  ///
  /// @throws IllegalArgumentException for values that do not fit together
  QueueSettings.OfStreams rules(RetrySchedule usual) {
    Map<String, RetrySchedule> retries = new HashMap<>();
    Map<String, Duration> retentions = new HashMap<>();
    for (StreamKeys keys : streams) {
      Optional<Duration> first = configuration.optional(keys.first());
      Optional<Duration> longest = configuration.optional(keys.longest());
      Optional<Duration> lifetime = configuration.optional(keys.lifetime());
      if (first.isPresent() || longest.isPresent() || lifetime.isPresent()) {
        retries.put(
            keys.name(),
            new RetrySchedule(
                first.orElse(usual.first()),
                longest.orElse(usual.longest()),
                lifetime.orElse(usual.lifetime()),
                usual.jitter()));
      }
      configuration.optional(keys.retention()).ifPresent(kept -> retentions.put(keys.name(), kept));
    }
    return new QueueSettings.OfStreams(retries, retentions);
  }
}

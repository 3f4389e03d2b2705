package dev.waybill.relay.streams;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;

/// The streams that there are: the two built-in ones and those of the configuration.
///
/// Immutable; any thread may use it.
public final class Streams {
  /// A stream as configured.
  ///
  /// @param title what recipients know it by, such as `Weekly news`; empty for none
  public record Configured(Stream stream, String title) {
    private static final int MAX_TITLE = 100;

    public Configured {
      Objects.requireNonNull(stream, "stream");
      if (title.length() > MAX_TITLE || title.chars().anyMatch(Character::isISOControl)) {
        throw new IllegalArgumentException(
            "title \"%s\" (expected: at most %d characters, none of them a control)"
                .formatted(title, MAX_TITLE));
      }
      if (!title.isEmpty() && (!stream.isMarketing() || stream.equals(Stream.MARKETING))) {
        // the page behind `marketing` is about all lists, and nobody leaves a transactional stream
        throw new IllegalArgumentException(
            "title \"%s\" (expected: none, %s has no page of its own)"
                .formatted(title, stream.name()));
      }
    }
  }

  private static final int MOST = 100;

  private final Map<String, Configured> byName;

  private Streams(Map<String, Configured> byName) {
    this.byName = Collections.unmodifiableMap(byName);
  }

  /// Only the two that are built in.
  public static Streams builtIn() {
    return of(List.of());
  }

  /// The built-in ones and more; one that is built in may be among them.
  ///
  /// @throws IllegalArgumentException when there are more than 100
  public static Streams of(List<Configured> more) {
    Map<String, Configured> all = new LinkedHashMap<>();
    for (Stream built : List.of(Stream.TRANSACTIONAL, Stream.MARKETING)) {
      all.put(built.name(), new Configured(built, ""));
    }
    more.forEach(each -> all.put(each.stream().name(), each));
    if (all.size() > MOST) {
      throw new IllegalArgumentException(
          "%d streams (expected: at most %d)".formatted(all.size(), MOST));
    }
    return new Streams(all);
  }

  /// The stream of that name, in any case.
  public Optional<Stream> find(String name) {
    return Optional.ofNullable(byName.get(name.toLowerCase(Locale.ROOT))).map(Configured::stream);
  }

  /// All, the built-in ones first.
  public List<Configured> all() {
    return List.copyOf(byName.values());
  }

  /// Their names for whoever named another, such as `transactional, marketing or newsletter`.
  public String names() {
    List<String> names = List.copyOf(byName.keySet());
    int last = names.size() - 1;
    return names.stream().limit(last).collect(Collectors.joining(", ")) + " or " + names.get(last);
  }

  /// What recipients know a stream by, one that is gone too: its title, or else its name; empty for
  /// `marketing`, which stands for everything that can be unsubscribed from.
  public String titleOf(String name) {
    if (name.equals(Stream.MARKETING.name())) {
      return "";
    }
    Configured configured = byName.get(name);
    return configured == null || configured.title().isEmpty() ? name : configured.title();
  }
}

package dev.waybill.relay.shaping;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/// What providers are asked to take: the resource `shaping.txt`, and over it the operator's word. A
/// value; any thread may use it.
public final class Shaping {
  /// Whoever has no line of its own.
  public static final String GENERIC = "generic";

  private static final String AS_GENERIC = "-";
  private static final int COLUMNS = 7;

  private final Map<String, SiteLimits.Change> known;
  private final Map<String, SiteLimits.Change> wanted;

  private Shaping(Map<String, SiteLimits.Change> known, Map<String, SiteLimits.Change> wanted) {
    this.known = Map.copyOf(known);
    this.wanted = Map.copyOf(wanted);
  }

  /// What the data file says.
  public static Shaping load() {
    try (InputStream file = Shaping.class.getResourceAsStream("shaping.txt")) {
      if (file == null) {
        throw new IllegalStateException("the resource shaping.txt is missing");
      }
      return new Shaping(
          read(new BufferedReader(new InputStreamReader(file, StandardCharsets.UTF_8))), Map.of());
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  /// The same with the operator's word, by the names of providers or `generic`.
  public Shaping with(Map<String, SiteLimits.Change> changes) {
    return new Shaping(known, changes);
  }

  /// A provider's limits. Where the file and the usual limits differ, the smaller one counts; what
  /// the operator wants counts most.
  ///
  /// @param usual for everybody, unless `generic` says otherwise
  public SiteLimits limits(String provider, SiteLimits usual) {
    SiteLimits generic = wanted(GENERIC).applyTo(known(GENERIC).within(usual));
    return provider.equals(GENERIC)
        ? generic
        : wanted(provider).applyTo(known(provider).within(generic));
  }

  /// The providers that the operator has a word for.
  public SortedSet<String> named() {
    SortedSet<String> names = new TreeSet<>(wanted.keySet());
    names.remove(GENERIC);
    return names;
  }

  private SiteLimits.Change known(String provider) {
    return known.getOrDefault(provider, SiteLimits.Change.NONE);
  }

  private SiteLimits.Change wanted(String provider) {
    return wanted.getOrDefault(provider, SiteLimits.Change.NONE);
  }

  private static Map<String, SiteLimits.Change> read(BufferedReader lines) throws IOException {
    Map<String, SiteLimits.Change> limits = new LinkedHashMap<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] words = line.strip().split("\\s+", -1);
        if (words.length != COLUMNS || limits.put(words[0], change(words)) != null) {
          throw new IllegalStateException(
              "shaping.txt: \"%s\" (expected: a name once, and six values)".formatted(line));
        }
      }
    }
    return limits;
  }

  private static SiteLimits.Change change(String[] words) {
    return new SiteLimits.Change(
        value(words[1], Integer::valueOf),
        value(words[2], Integer::valueOf),
        value(words[3], text -> Rate.parse(text).orElseThrow()),
        value(words[4], text -> Rate.parse(text).orElseThrow()),
        value(words[5], Shaping::duration),
        value(words[6], Shaping::duration));
  }

  private static <T> @Nullable T value(String word, Function<String, T> reader) {
    return word.equals(AS_GENERIC) ? null : reader.apply(word);
  }

  /// `30s` or `2m`.
  private static Duration duration(String text) {
    return Duration.parse("PT" + text);
  }
}

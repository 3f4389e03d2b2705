package dev.waybill.relay.shaping;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.HashMap;
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
  private static final int COLUMNS = 10;

  /// @param site what one of the provider's sites is asked to take
  /// @param all what all of them together are
  private record Word(SiteLimits.Change site, ProviderLimits.Change all) {
    static final Word NONE = new Word(SiteLimits.Change.NONE, ProviderLimits.Change.NONE);
  }

  private final Map<String, Word> known;
  private final Map<String, Word> wanted;

  private Shaping(Map<String, Word> known, Map<String, Word> wanted) {
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
    return with(changes, Map.of());
  }

  /// @param totals what all sites of a provider together are asked to take
  public Shaping with(
      Map<String, SiteLimits.Change> changes, Map<String, ProviderLimits.Change> totals) {
    Map<String, Word> words = new HashMap<>();
    changes.forEach((name, change) -> words.put(name, new Word(change, totals(totals, name))));
    totals.forEach(
        (name, change) -> words.putIfAbsent(name, new Word(SiteLimits.Change.NONE, change)));
    return new Shaping(known, words);
  }

  private static ProviderLimits.Change totals(
      Map<String, ProviderLimits.Change> totals, String name) {
    return totals.getOrDefault(name, ProviderLimits.Change.NONE);
  }

  /// The limits of each of a provider's sites. Where the file and the usual limits differ, the
  /// smaller one counts; what the operator wants counts most.
  ///
  /// @param usual for everybody, unless `generic` says otherwise
  public SiteLimits limits(String provider, SiteLimits usual) {
    SiteLimits generic = wanted(GENERIC).site().applyTo(known(GENERIC).site().within(usual));
    return provider.equals(GENERIC)
        ? generic
        : wanted(provider).site().applyTo(known(provider).site().within(generic));
  }

  /// The limits of all sites of a provider together; [ProviderLimits#NONE] for who has none. Where
  /// the operator gives one site more than the file gives all of them, all of them have as much.
  public ProviderLimits totals(String provider) {
    Word word = wanted(provider);
    return known(provider).all().atLeast(word.site()).with(word.all()).limits();
  }

  /// The providers that the operator has a word for.
  public SortedSet<String> named() {
    SortedSet<String> names = new TreeSet<>(wanted.keySet());
    names.remove(GENERIC);
    return names;
  }

  private Word known(String provider) {
    return known.getOrDefault(provider, Word.NONE);
  }

  private Word wanted(String provider) {
    return wanted.getOrDefault(provider, Word.NONE);
  }

  private static Map<String, Word> read(BufferedReader lines) throws IOException {
    Map<String, Word> limits = new LinkedHashMap<>();
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      if (!line.isBlank() && !line.startsWith("#")) {
        String[] words = line.strip().split("\\s+", -1);
        if (words.length != COLUMNS || limits.put(words[0], word(words)) != null) {
          throw new IllegalStateException(
              "shaping.txt: \"%s\" (expected: a name once, and nine values)".formatted(line));
        }
      }
    }
    return limits;
  }

  private static Word word(String[] words) {
    return new Word(
        new SiteLimits.Change(
            value(words[1], Integer::valueOf),
            value(words[2], Integer::valueOf),
            value(words[3], Shaping::rate),
            value(words[4], Shaping::rate),
            value(words[5], Shaping::duration),
            value(words[6], Shaping::duration)),
        new ProviderLimits.Change(
            value(words[7], Integer::valueOf),
            value(words[8], Shaping::rate),
            value(words[9], Shaping::rate)));
  }

  private static <T> @Nullable T value(String word, Function<String, T> reader) {
    return word.equals(AS_GENERIC) ? null : reader.apply(word);
  }

  private static Rate rate(String text) {
    return Rate.parse(text).orElseThrow();
  }

  /// `30s` or `2m`.
  private static Duration duration(String text) {
    return Duration.parse("PT" + text);
  }
}

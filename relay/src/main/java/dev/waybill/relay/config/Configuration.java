package dev.waybill.relay.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Supplier;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/// The settings as file and environment give them, with every problem found on the way.
///
/// Confined to the thread that starts the relay. The environment wins over the file, the file over
/// the default.
public final class Configuration {
  /// What the launcher and `waybillctl` read.
  private static final Set<String> NOT_SETTINGS =
      Set.of("WAYBILL_JAVA_OPTS", "WAYBILL_URL", "WAYBILL_API_KEY");

  private final ConfigFile file;
  private final Map<String, String> environment;
  private final List<Problem> problems;

  private record Given(String source, List<String> items) {}

  private Configuration(ConfigFile file, Map<String, String> environment) {
    this.file = file;
    this.environment = environment;
    this.problems = new ArrayList<>(file.problems());
  }

  /// Reads the file, or only the environment when there is none.
  public static Configuration read(@Nullable Path file, Map<String, String> environment) {
    ConfigFile content =
        file == null ? new ConfigFile("defaults", Map.of(), List.of()) : ConfigFile.read(file);
    return new Configuration(content, environment);
  }

  /// The process's own environment.
  public static Map<String, String> environment() {
    return System.getenv();
  }

  /// The setting's value; its default, or nothing where it has none, when it is absent or wrong.
  public <T> Optional<T> optional(Key<T> key) {
    return given(key).stream()
        .flatMap(given -> given.items().stream().limit(1).map(item -> value(key, given, item)))
        .flatMap(Optional::stream)
        .findFirst();
  }

  /// A setting that always has a value.
  ///
  /// @throws IllegalStateException when a setting without a default is asked for like this
  public <T> T get(Key<T> key) {
    return optional(key)
        .or(() -> key.kind().reader().apply(key.standard()))
        .orElseThrow(() -> new IllegalStateException(key.name() + " has no default"));
  }

  /// The setting's values; the wrong ones are left out and reported.
  public <T> List<T> list(Key<T> key) {
    return given(key).stream()
        .flatMap(given -> given.items().stream().map(item -> value(key, given, item)))
        .flatMap(Optional::stream)
        .toList();
  }

  /// Makes a room's record, reporting what its constructor refuses.
  ///
  /// @param about the keys it is made of, such as `delivery`
  public <T> Optional<T> settings(String about, Supplier<T> record) {
    try {
      return Optional.of(record.get());
    } catch (IllegalArgumentException refused) {
      String text = String.valueOf(refused.getMessage());
      problems.add(new Problem(file.name(), about, text, "values that fit together"));
      return Optional.empty();
    }
  }

  /// Whether somebody set it.
  public boolean isSet(Key<?> key) {
    return environment.containsKey(key.variable())
        || (key.form() == Key.Form.SECRET && environment.containsKey(key.variable() + "_FILE"))
        || file.values().containsKey(key.name());
  }

  /// Reports that a setting is needed and not there. Where it was set and could not be read, that
  /// is reported already.
  public void missing(Key<?> key) {
    if (!isSet(key)) {
      wrong(key, key.kind().expected());
    }
  }

  /// Reports that a setting, in itself right or missing, does not fit to others.
  public void wrong(Key<?> key, String expected) {
    Given given =
        isSet(key)
            ? given(key).orElse(new Given(file.name(), List.of()))
            : new Given(nearby(key), List.of("not set"));
    boolean secret = isSet(key) && key.form() == Key.Form.SECRET;
    String value = secret ? "…" : String.join(", ", given.items());
    report(new Problem(given.source(), key.name(), value, expected));
  }

  /// The line of the first setting of the same section.
  private String nearby(Key<?> key) {
    String section = key.name().substring(0, key.name().lastIndexOf('.') + 1);
    return file.values().entrySet().stream()
        .filter(entry -> entry.getKey().startsWith(section))
        .mapToInt(entry -> entry.getValue().line())
        .min()
        .stream()
        .mapToObj(line -> file.name() + ":" + line)
        .findFirst()
        .orElse(file.name());
  }

  private void report(Problem problem) {
    if (!problems.contains(problem)) {
      problems.add(problem);
    }
  }

  /// The names that the operator made up in a section: what stands between its own name and one of
  /// the given last parts, first those of the file.
  ///
  /// @param lasts such as `kind` or `retry.first`
  public List<String> sections(String section, List<String> lasts) {
    String ends = lasts.stream().map(Pattern::quote).collect(Collectors.joining("|"));
    Pattern written = Pattern.compile(Pattern.quote(section) + "\\.(.+)\\.(?:" + ends + ")");
    Set<String> names = new LinkedHashSet<>();
    for (String key : file.values().keySet()) {
      Matcher matcher = written.matcher(key);
      if (matcher.matches()) {
        names.add(matcher.group(1));
      }
    }
    Set<String> overriding =
        names.stream()
            .flatMap(name -> lasts.stream().map(last -> section + "." + name + "." + last))
            .map(Key::variable)
            .collect(Collectors.toSet());
    String variableEnds = lasts.stream().map(Key::variablePart).collect(Collectors.joining("|"));
    // of two ends that fit, the longer one counts
    Pattern set = Pattern.compile(Key.variable(section) + "_(.+?)_(?:" + variableEnds + ")");
    for (String variable : new TreeSet<>(environment.keySet())) {
      Matcher matcher = set.matcher(variable);
      if (!overriding.contains(variable) && matcher.matches()) {
        names.add(matcher.group(1).toLowerCase(Locale.ROOT).replace('_', '-'));
      }
    }
    return List.copyOf(names);
  }

  /// Everything that is wrong, unknown keys included, in the order of the file.
  public List<Problem> problems(Collection<Key<?>> known) {
    List<Problem> all = new ArrayList<>(problems);
    environment.keySet().stream()
        .filter(variable -> variable.startsWith("WAYBILL_") && !NOT_SETTINGS.contains(variable))
        .filter(variable -> known.stream().noneMatch(key -> names(key, variable)))
        .sorted()
        .forEach(variable ->
            all.add(new Problem("environment " + variable, variable, "is set", "a known setting")));
    file.values()
        .forEach((name, entry) -> {
          if (known.stream().noneMatch(key -> key.name().equals(name))) {
            all.add(
                new Problem(
                    file.name() + ":" + entry.line(),
                    name,
                    String.join(", ", entry.items()),
                    "a known key" + nearest(name, known)));
          }
        });
    return List.copyOf(all);
  }

  private static boolean names(Key<?> key, String variable) {
    return variable.equals(key.variable())
        || (key.form() == Key.Form.SECRET && variable.equals(key.variable() + "_FILE"));
  }

  private <T> Optional<T> value(Key<T> key, Given given, String item) {
    Optional<T> value = key.kind().reader().apply(item);
    if (value.isEmpty()) {
      boolean secret = key.form() == Key.Form.SECRET;
      report(new Problem(given.source(), key.name(), secret ? "…" : item, key.kind().expected()));
    }
    return value;
  }

  private Optional<Given> given(Key<?> key) {
    String variable = key.variable();
    String text = environment.get(variable);
    if (text != null) {
      return Optional.of(new Given("environment " + variable, split(key, text)));
    }
    String secretFile = key.form() == Key.Form.SECRET ? environment.get(variable + "_FILE") : null;
    if (secretFile != null) {
      return secret(key, variable + "_FILE", secretFile);
    }
    ConfigFile.Entry entry = file.values().get(key.name());
    if (entry != null) {
      return written(key, entry);
    }
    return key.standard().isEmpty()
        ? Optional.empty()
        : Optional.of(new Given("default", split(key, key.standard())));
  }

  private Optional<Given> written(Key<?> key, ConfigFile.Entry entry) {
    String source = file.name() + ":" + entry.line();
    if (entry.list() && key.form() != Key.Form.LIST) {
      report(new Problem(source, key.name(), "a list", "one value: " + key.kind().expected()));
      return Optional.empty();
    }
    return Optional.of(new Given(source, entry.items()));
  }

  private Optional<Given> secret(Key<?> key, String variable, String path) {
    try {
      return Optional.of(
          new Given("environment " + variable, List.of(Files.readString(Path.of(path)).strip())));
    } catch (IOException unreadable) {
      report(new Problem("environment " + variable, key.name(), path, "a file that can be read"));
      return Optional.empty();
    }
  }

  private static List<String> split(Key<?> key, String text) {
    return key.form() == Key.Form.LIST
        ? Arrays.stream(text.split(",")).map(String::strip).filter(s -> !s.isEmpty()).toList()
        : List.of(text);
  }

  /// A hint where the last part of the name is right or nearly so.
  private static String nearest(String name, Collection<Key<?>> known) {
    String last = name.substring(name.lastIndexOf('.') + 1);
    return known.stream()
        .map(Key::name)
        .filter(candidate -> candidate.endsWith(last) || distance(candidate, name) <= 2)
        .findFirst()
        .map(candidate -> ", perhaps " + candidate)
        .orElse("");
  }

  /// Levenshtein distance of two short names.
  private static int distance(String a, String b) {
    int[] row = new int[b.length() + 1];
    Arrays.setAll(row, i -> i);
    for (int i = 1; i <= a.length(); i++) {
      int diagonal = row[0];
      row[0] = i;
      for (int j = 1; j <= b.length(); j++) {
        int above = row[j];
        int replace = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
        row[j] = Math.min(replace, 1 + Math.min(above, row[j - 1]));
        diagonal = above;
      }
    }
    return row[b.length()];
  }
}

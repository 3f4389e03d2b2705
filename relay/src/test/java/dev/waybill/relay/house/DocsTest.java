package dev.waybill.relay.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// Documents that enumerate say what the code says.
class DocsTest {
  private static final Path DOCS = Path.of("docs");
  private static final Path MAIN = Path.of("src/main/java");
  private static final Pattern METER = Pattern.compile("\"(waybill\\.[a-z0-9.]+)\"");

  @Test
  void theArchitectureShowsTheFloorPlan() throws IOException {
    Map<String, Integer> shown = new TreeMap<>();
    Pattern row = Pattern.compile("\\| (\\d+) \\|(( `[a-z.]+`)+) \\|");
    Matcher rows = row.matcher(Files.readString(DOCS.resolve("architecture.md")));
    while (rows.find()) {
      for (String room : rows.group(2).strip().split(" ")) {
        shown.put(room.replace("`", ""), Integer.valueOf(rows.group(1)));
      }
    }
    assertThat(shown).isEqualTo(new TreeMap<>(FloorPlan.rooms()));
  }

  @Test
  void everyMeterIsExplained() throws IOException {
    Set<String> made = new TreeSet<>();
    for (Path file : javaFiles()) {
      Matcher meters = METER.matcher(Files.readString(file));
      while (meters.find()) {
        made.add(meters.group(1).replace('.', '_'));
      }
    }
    Set<String> explained = new TreeSet<>();
    Matcher rows =
        Pattern.compile("(?m)^\\| `(waybill_[a-z0-9_]+?)(_total|_seconds)?` ")
            .matcher(Files.readString(DOCS.resolve("metrics.md")));
    while (rows.find()) {
      explained.add(rows.group(1));
    }
    assertThat(made).isNotEmpty();
    assertThat(normalised(explained)).isEqualTo(normalised(made));
  }

  @Test
  void everyCitedRfcIsInTheListOfStandards() throws IOException {
    String standards = Files.readString(DOCS.resolve("standards.md"));
    Set<String> missing = new TreeSet<>();
    Pattern rfc = Pattern.compile("RFC (\\d{3,5})");
    for (Path file : javaFiles()) {
      Matcher cited = rfc.matcher(Files.readString(file));
      while (cited.find()) {
        if (!standards.contains("| " + cited.group(1) + " |")) {
          missing.add(cited.group(1) + " in " + file);
        }
      }
    }
    assertThat(missing).isEmpty();
  }

  private static Set<String> normalised(Set<String> names) {
    Set<String> plain = new TreeSet<>();
    names.forEach(name -> plain.add(name.replaceAll("(_total|_seconds)$", "")));
    return plain;
  }

  private static Iterable<Path> javaFiles() throws IOException {
    try (Stream<Path> files = Files.walk(MAIN)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }
}

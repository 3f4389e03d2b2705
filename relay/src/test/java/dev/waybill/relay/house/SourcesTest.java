package dev.waybill.relay.house;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;

/// What is seen in the source files themselves.
class SourcesTest {
  private static final Path MAIN = Path.of("src/main/java");
  private static final Path TEST = Path.of("src/test/java");
  private static final int MAX_MAIN_LINES = 400;
  private static final int MAX_TEST_LINES = 600;

  @Test
  void noFileIsTooLong() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Path file : javaFiles(MAIN)) {
      long lines = Files.readAllLines(file).size();
      if (lines > MAX_MAIN_LINES) {
        wrong.add(file + ": " + lines);
      }
    }
    for (Path file : javaFiles(TEST)) {
      long lines = Files.readAllLines(file).size();
      if (lines > MAX_TEST_LINES) {
        wrong.add(file + ": " + lines);
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void mostFilesAreShort() throws IOException {
    List<Integer> sizes = new ArrayList<>();
    for (Path file : javaFiles(MAIN)) {
      sizes.add(Files.readAllLines(file).size());
    }
    sizes.sort(null);
    assertThat(sizes.get(sizes.size() / 2)).as("the median").isLessThanOrEqualTo(130);
    assertThat(sizes.get(sizes.size() * 9 / 10)).as("nine of ten").isLessThanOrEqualTo(280);
  }

  @Test
  void everyRoomSaysWhatItIs() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Path folder : packages()) {
      Path info = folder.resolve("package-info.java");
      String text = Files.exists(info) ? Files.readString(info).toLowerCase(Locale.ROOT) : "";
      for (String part : List.of("@nullmarked", "before", "promise", "after", "read")) {
        if (!text.contains(part)) {
          wrong.add(folder + ": package-info.java lacks \"" + part + "\"");
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  @Test
  void nothingIsImportedByWildcard() throws IOException {
    List<String> wrong = new ArrayList<>();
    for (Path root : List.of(MAIN, TEST)) {
      for (Path file : javaFiles(root)) {
        if (Files.readString(file).matches("(?s).*\\nimport [^;]*\\*;.*")) {
          wrong.add(file.toString());
        }
      }
    }
    assertThat(wrong).isEmpty();
  }

  private static List<Path> packages() throws IOException {
    return javaFiles(MAIN).stream().map(Path::getParent).distinct().sorted().toList();
  }

  private static List<Path> javaFiles(Path root) throws IOException {
    try (Stream<Path> files = Files.walk(root)) {
      return files.filter(file -> file.toString().endsWith(".java")).toList();
    }
  }
}

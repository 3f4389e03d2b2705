package dev.waybill.relay.report;

import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/// A data file of this room: sections with a title in square brackets, one entry a line, comments
/// behind a `#` at the beginning of a line. Immutable; any thread may use it.
///
/// @param sections in their order
record RuleFile(List<Section> sections) {
  /// @param title the words between the brackets
  /// @param entries its lines
  record Section(String title, List<String> entries) {
    Section {
      entries = List.copyOf(entries);
    }

    List<BoundedPattern> patterns() {
      return entries.stream().map(BoundedPattern::of).toList();
    }
  }

  RuleFile {
    sections = List.copyOf(sections);
  }

  /// @throws UncheckedIOException when the file is not where the program was built with it
  static RuleFile load(String name) {
    try (InputStream data = RuleFile.class.getResourceAsStream(name)) {
      if (data == null) {
        throw new IOException(name + " is missing beside RuleFile.class");
      }
      return read(name, new BufferedReader(new InputStreamReader(data, StandardCharsets.UTF_8)));
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }

  private static RuleFile read(String name, BufferedReader data) throws IOException {
    List<Section> sections = new ArrayList<>();
    String title = "";
    List<String> entries = new ArrayList<>();
    for (String line = data.readLine(); line != null; line = data.readLine()) {
      String text = line.strip();
      if (text.startsWith("[") && text.endsWith("]") && text.indexOf(']') == text.length() - 1) {
        if (!entries.isEmpty()) {
          sections.add(new Section(title, entries));
        }
        title = text.substring(1, text.length() - 1);
        entries = new ArrayList<>();
      } else if (!text.isEmpty() && !text.startsWith("#")) {
        if (title.isEmpty()) {
          throw new IOException("%s: no section stands above %s".formatted(name, text));
        }
        entries.add(text);
      }
    }
    sections.add(new Section(title, entries));
    return new RuleFile(sections);
  }

  /// The patterns of every section of that title, in their order.
  ///
  /// @throws IllegalArgumentException when there is none, or an entry is no [BoundedPattern]
  List<BoundedPattern> patterns(String title) {
    List<BoundedPattern> patterns =
        sections.stream()
            .filter(section -> section.title().equals(title))
            .flatMap(section -> section.patterns().stream())
            .toList();
    if (patterns.isEmpty()) {
      throw new IllegalArgumentException("no section [%s]".formatted(title));
    }
    return patterns;
  }
}

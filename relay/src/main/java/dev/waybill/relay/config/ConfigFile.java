package dev.waybill.relay.config;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.JsonParser;
import tools.jackson.core.JsonToken;
import tools.jackson.core.ObjectReadContext;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.dataformat.yaml.YAMLFactory;

/// A YAML file as flat settings with the line of each.
///
/// @param values by key; a list's items in their order, a single value as a list of one
/// @param lists the keys that were written as lists
/// @param problems what could not be read
record ConfigFile(String name, Map<String, Entry> values, List<Problem> problems) {
  private static final long MAX_SIZE = 1 << 20;

  /// @param line where the key stands, from 1
  record Entry(int line, boolean list, List<String> items) {
    Entry {
      items = List.copyOf(items);
    }
  }

  ConfigFile {
    values = Collections.unmodifiableMap(new LinkedHashMap<>(values));
    problems = List.copyOf(problems);
  }

  static ConfigFile read(Path file) {
    String name = String.valueOf(file.getFileName());
    try {
      if (Files.size(file) > MAX_SIZE) {
        return broken(name, file.toString(), "a file of at most 1 MiB");
      }
      return parse(name, Files.readString(file));
    } catch (NoSuchFileException missing) {
      return broken(name, file.toString(), "a file that exists");
    } catch (IOException unreadable) {
      return broken(name, file.toString(), "a readable UTF-8 file; " + unreadable.getMessage());
    }
  }

  static ConfigFile parse(String name, String text) {
    Map<String, Entry> values = new LinkedHashMap<>();
    List<Problem> problems = new ArrayList<>();
    YAMLFactory yaml =
        YAMLFactory.builder().enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION).build();
    try (JsonParser parser = yaml.createParser(ObjectReadContext.empty(), text)) {
      new Walk(name, parser, values, problems).run();
    } catch (JacksonException wrong) {
      String where = name + ":" + Math.max(1, wrong.getLocation().getLineNr());
      problems.add(
          new Problem(where, "the file", wrong.getOriginalMessage(), "YAML with each key once"));
    }
    return new ConfigFile(name, values, problems);
  }

  private static ConfigFile broken(String name, String value, String expected) {
    return new ConfigFile(name, Map.of(), List.of(new Problem(name, "the file", value, expected)));
  }

  /// One pass over the tokens, keeping the path of mappings.
  private static final class Walk {
    private final String file;
    private final JsonParser parser;
    private final Map<String, Entry> values;
    private final List<Problem> problems;
    private final Deque<String> path = new ArrayDeque<>();
    private String key = "";
    private int line;

    Walk(String file, JsonParser parser, Map<String, Entry> values, List<Problem> problems) {
      this.file = file;
      this.parser = parser;
      this.values = values;
      this.problems = problems;
    }

    void run() {
      JsonToken token = parser.nextToken();
      if (token == null) {
        return;
      }
      if (token != JsonToken.START_OBJECT) {
        problems.add(new Problem(file + ":1", "the file", "no mapping", "key: value lines"));
        return;
      }
      path.addLast("");
      for (token = parser.nextToken();
          token != null && !path.isEmpty();
          token = parser.nextToken()) {
        step(token);
      }
    }

    private void step(JsonToken token) {
      if (token == JsonToken.PROPERTY_NAME) {
        String prefix = path.getLast();
        key = prefix.isEmpty() ? parser.currentName() : prefix + "." + parser.currentName();
        line = parser.currentTokenLocation().getLineNr();
      } else if (token == JsonToken.START_OBJECT) {
        path.addLast(key);
      } else if (token == JsonToken.END_OBJECT) {
        path.removeLast();
      } else if (token == JsonToken.START_ARRAY) {
        list();
      } else if (token != JsonToken.VALUE_NULL) {
        put(new Entry(line, false, List.of(scalar())));
      }
    }

    private void list() {
      int start = line;
      List<String> items = new ArrayList<>();
      int depth = 0;
      for (JsonToken token = parser.nextToken();
          token != null && !(token == JsonToken.END_ARRAY && depth == 0);
          token = parser.nextToken()) {
        if (token.isStructStart()) {
          depth++;
        } else if (token.isStructEnd()) {
          depth--;
        } else if (depth == 0 && token != JsonToken.VALUE_NULL) {
          items.add(scalar());
        }
        if (token.isStructStart()) {
          problems.add(
              new Problem(file + ":" + start, key, "a nested structure", "a list of plain values"));
        }
      }
      put(new Entry(start, true, items));
    }

    private void put(Entry entry) {
      values.put(key, entry);
    }

    private String scalar() {
      @Nullable String text = parser.getString();
      return text == null ? "" : text.strip();
    }
  }
}

package dev.waybill.relay.http;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/// A request's header fields; immutable.
public final class Headers {
  /// A name, its value, the next name and so on, as they came: few are ever asked for.
  private final String[] fields;

  /// @param fields values in order of arrival by name
  public Headers(Map<String, List<String>> fields) {
    List<String> flat = new ArrayList<>();
    fields.forEach((name, values) -> values.forEach(value -> flat.addAll(List.of(name, value))));
    this(flat.toArray(String[]::new));
  }

  /// @param fields a name, its value, the next name and so on; not copied
  Headers(String... fields) {
    this.fields = fields;
  }

  /// The first value of a field, whatever the case of its name.
  public Optional<String> first(String name) {
    for (int i = 0; i < fields.length; i += 2) {
      if (fields[i].equalsIgnoreCase(name)) {
        return Optional.of(fields[i + 1]);
      }
    }
    return Optional.empty();
  }

  /// Every value of a field in order of arrival, whatever the case of its name; empty for none.
  public List<String> all(String name) {
    List<String> values = new ArrayList<>();
    for (int i = 0; i < fields.length; i += 2) {
      if (fields[i].equalsIgnoreCase(name)) {
        values.add(fields[i + 1]);
      }
    }
    return values;
  }
}

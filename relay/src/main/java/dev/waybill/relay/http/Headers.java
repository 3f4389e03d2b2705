package dev.waybill.relay.http;

import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A request's header fields.
///
/// @param fields values in order of arrival by lower-case name
public record Headers(Map<String, List<String>> fields) {
  public Headers {
    fields = Map.copyOf(fields);
  }

  /// The first value of a field, whatever its case.
  public Optional<String> first(String name) {
    List<String> values = fields.get(name.toLowerCase(Locale.ROOT));
    return values == null ? Optional.empty() : Optional.of(values.getFirst());
  }

  /// Every value of a field in order of arrival, whatever the case of its name; empty for none.
  public List<String> all(String name) {
    return fields.getOrDefault(name.toLowerCase(Locale.ROOT), List.of());
  }
}

package dev.waybill.relay.admission;

import java.util.LinkedHashMap;
import java.util.Map;

/// The metadata of one message while it is being gathered. Confined to one thread.
final class Metadata {
  private static final int MAX_ENTRIES = 50;
  private static final int MAX_KEY = 128;
  private static final int MAX_VALUE = 2_000;

  /// Bounds what the events of a message carry, in characters of keys and values together.
  private static final int MAX_TOTAL = 8_000;

  private final Map<String, String> entries = new LinkedHashMap<>();
  private int total;

  /// Keeps the first value of a key.
  ///
  /// @param field the field it came in, for the complaint
  void add(String field, String key, String value) throws MalformedControl {
    if (key.isEmpty() || key.length() > MAX_KEY || hasControl(key)) {
      throw new MalformedControl(
          field, key, "a metadata key of 1 to %d characters".formatted(MAX_KEY));
    }
    if (value.length() > MAX_VALUE || hasControl(value)) {
      throw new MalformedControl(
          field, value, "a metadata value of at most %d characters".formatted(MAX_VALUE));
    }
    if (entries.putIfAbsent(key, value) != null) {
      return;
    }
    total += key.length() + value.length();
    if (entries.size() > MAX_ENTRIES || total > MAX_TOTAL) {
      throw new MalformedControl(
          field,
          value,
          "at most %d metadata entries of together %d characters"
              .formatted(MAX_ENTRIES, MAX_TOTAL));
    }
  }

  Map<String, String> entries() {
    return entries;
  }

  static boolean hasControl(String text) {
    return text.chars().anyMatch(c -> c < ' ' || (c >= 0x7F && c < 0xA0));
  }
}

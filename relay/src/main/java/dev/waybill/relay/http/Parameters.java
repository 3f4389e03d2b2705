package dev.waybill.relay.http;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;

/// The decoded parameters of a query.
///
/// @param values by name; a name without an equals sign has the empty value
public record Parameters(Map<String, String> values) {
  private static final int MAX_PARAMETERS = 64;

  public Parameters {
    values = Map.copyOf(values);
  }

  /// Decodes `a=1&b=two+words`.
  ///
  /// @throws Refusal for a malformed escape, a name given twice, or more than 64 parameters
  public static Parameters parse(String query) {
    Map<String, String> values = new LinkedHashMap<>();
    int start = 0;
    while (start < query.length()) {
      int end = query.indexOf('&', start);
      String pair = query.substring(start, end < 0 ? query.length() : end);
      if (!pair.isEmpty()) {
        int equals = pair.indexOf('=');
        String name = decode(equals < 0 ? pair : pair.substring(0, equals));
        String value = equals < 0 ? "" : decode(pair.substring(equals + 1));
        if (values.put(name, value) != null) {
          throw new Refusal(
              Problem.unreadable("query parameter %s is given twice".formatted(name)));
        }
        if (values.size() > MAX_PARAMETERS) {
          throw new Refusal(
              Problem.unreadable("more than %d query parameters".formatted(MAX_PARAMETERS)));
        }
      }
      start = end < 0 ? query.length() : end + 1;
    }
    return new Parameters(values);
  }

  /// A parameter's value; empty when it is absent or blank.
  public Optional<String> text(String name) {
    return Optional.ofNullable(values.get(name)).filter(value -> !value.isBlank());
  }

  /// A whole number within bounds.
  ///
  /// @throws Refusal when it is something else
  public long number(String name, long fallback, long least, long most) {
    Optional<String> text = text(name);
    if (text.isEmpty()) {
      return fallback;
    }
    try {
      long value = Long.parseLong(text.get());
      if (value >= least && value <= most) {
        return value;
      }
    } catch (NumberFormatException notANumber) {
      // refused below like a number out of bounds
    }
    String expected =
        most == Long.MAX_VALUE
            ? "a whole number of at least %d".formatted(least)
            : "a whole number from %d to %d".formatted(least, most);
    throw new Refusal(Problem.invalid(name, "\"" + text.get() + "\"", expected));
  }

  private static String decode(String text) {
    return Percent.decode(text, true)
        .orElseThrow(
            () -> new Refusal(Problem.unreadable("the query is not percent-encoded UTF-8")));
  }
}

package dev.waybill.relay.message;

import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;

/// A structured MIME field value: `text/html; charset="utf-8"` (RFC 2045 §5.1, RFC 2183 §2).
///
/// Immutable; any thread may use it. Read strictly, because two programs that guess differently at
/// an unclear value see two different messages: comments, extended parameters (RFC 2231), repeated
/// parameters and stray text all make a value unreadable.
///
/// @param token what stands before the first semicolon, in lower case
/// @param parameters by their names in lower case, values as given without quotes
public record FieldValue(String token, Map<String, String> parameters) {
  private static final int MAX_PARAMETERS = 50;

  public FieldValue {
    parameters = Map.copyOf(parameters);
  }

  /// Reads an unfolded value; empty when any of it is unclear.
  public static Optional<FieldValue> parse(String value) {
    int semicolon = value.indexOf(';');
    String token = (semicolon < 0 ? value : value.substring(0, semicolon)).strip();
    if (!isToken(token.replace('/', '-'))) {
      return Optional.empty();
    }
    Map<String, String> parameters = new HashMap<>();
    int position = semicolon < 0 ? value.length() : semicolon + 1;
    while (position < value.length()) {
      int next = parameter(value, position, parameters);
      if (next < 0 || parameters.size() > MAX_PARAMETERS) {
        return Optional.empty();
      }
      position = next;
    }
    return Optional.of(new FieldValue(token.toLowerCase(Locale.ROOT), parameters));
  }

  public Optional<String> parameter(String name) {
    return Optional.ofNullable(parameters.get(name));
  }

  /// Reads one parameter up to and including its semicolon.
  ///
  /// @return where the next begins, or -1 when this one is unclear
  private static int parameter(String value, int from, Map<String, String> into) {
    int position = skipBlanks(value, from);
    if (position == value.length()) {
      return position;
    }
    if (value.charAt(position) == ';') {
      return position + 1;
    }
    int equals = value.indexOf('=', position);
    if (equals < 0) {
      return -1;
    }
    String name = value.substring(position, equals).strip().toLowerCase(Locale.ROOT);
    if (!isToken(name) || name.indexOf('*') >= 0) {
      return -1;
    }
    StringBuilder text = new StringBuilder();
    position = skipBlanks(value, equals + 1);
    boolean quoted = position < value.length() && value.charAt(position) == '"';
    position = quoted ? quoted(value, position + 1, text) : bare(value, position, text);
    if (position < 0 || (!quoted && !isToken(text))) {
      return -1;
    }
    position = skipBlanks(value, position);
    if (position < value.length() && value.charAt(position) != ';') {
      return -1;
    }
    return into.putIfAbsent(name, text.toString()) == null
        ? Math.min(position + 1, value.length())
        : -1;
  }

  private static int quoted(String value, int from, StringBuilder into) {
    for (int i = from; i < value.length(); i++) {
      char c = value.charAt(i);
      if (c == '"') {
        return i + 1;
      }
      if (c == '\\') {
        i++;
        if (i == value.length()) {
          return -1;
        }
      }
      into.append(value.charAt(i));
    }
    return -1;
  }

  private static int bare(String value, int from, StringBuilder into) {
    int position = from;
    while (position < value.length()
        && value.charAt(position) != ';'
        && !isBlank(value.charAt(position))) {
      into.append(value.charAt(position++));
    }
    return position;
  }

  /// RFC 2045 §5.1, but with the slash, colon and equals sign that unquoted values often have.
  private static boolean isToken(CharSequence text) {
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      if (c <= ' ' || c >= 0x7F || "()<>@,;\\\"[]?".indexOf(c) >= 0) {
        return false;
      }
    }
    return !text.isEmpty();
  }

  private static int skipBlanks(String value, int from) {
    int position = from;
    while (position < value.length() && isBlank(value.charAt(position))) {
      position++;
    }
    return position;
  }

  private static boolean isBlank(char c) {
    return c == ' ' || c == '\t';
  }
}

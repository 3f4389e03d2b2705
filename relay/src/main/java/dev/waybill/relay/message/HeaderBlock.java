package dev.waybill.relay.message;

import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/// The header section of a message as positions in its bytes (RFC 5322 §2.2); nothing is decoded.
///
/// Immutable; any thread may use it. Reading never fails: what is no header field is reported by
/// [#malformedAt] and whoever accepts messages decides about it.
public final class HeaderBlock {
  /// One field, folded lines included.
  ///
  /// @param name as written
  /// @param start of its name
  /// @param colon of its colon
  /// @param end behind its last CR LF
  public record Field(String name, int start, int colon, int end) {}

  private final byte[] message;
  private final List<Field> fields;
  private final int bodyStart;
  private final int malformedAt;

  private HeaderBlock(byte[] message, List<Field> fields, int bodyStart, int malformedAt) {
    this.message = message;
    this.fields = List.copyOf(fields);
    this.bodyStart = bodyStart;
    this.malformedAt = malformedAt;
  }

  /// Reads the header section at the beginning of the bytes, up to the first empty line.
  public static HeaderBlock parse(byte[] message) {
    return parse(message, 0, message.length);
  }

  /// Reads the header section that begins at `from`, for a body part within a message.
  public static HeaderBlock parse(byte[] message, int from, int to) {
    List<Field> fields = new ArrayList<>();
    int malformedAt = -1;
    int position = from;
    while (position < to) {
      int lineEnd = lineEnd(message, position, to);
      if (isEmptyLine(message, position, lineEnd)) {
        return new HeaderBlock(message, fields, lineEnd, malformedAt);
      }
      int end = lineEnd;
      while (end < to && isBlank(message[end])) {
        end = lineEnd(message, end, to);
      }
      int colon = colon(message, position, lineEnd);
      if (colon < 0) {
        malformedAt = malformedAt < 0 ? position : malformedAt;
      } else {
        int nameEnd = colon;
        while (nameEnd > position && isBlank(message[nameEnd - 1])) {
          nameEnd--;
        }
        String name = new String(message, position, nameEnd - position, StandardCharsets.US_ASCII);
        fields.add(new Field(name, position, colon, end));
      }
      position = end;
    }
    return new HeaderBlock(message, fields, to, malformedAt);
  }

  public List<Field> fields() {
    return fields;
  }

  /// The fields of that name in their order, compared without regard to case.
  public List<Field> all(String name) {
    List<Field> found = new ArrayList<>();
    for (Field field : fields) {
      if (field.name().equalsIgnoreCase(name)) {
        found.add(field);
      }
    }
    return found;
  }

  public Optional<Field> first(String name) {
    for (Field field : fields) {
      if (field.name().equalsIgnoreCase(name)) {
        return Optional.of(field);
      }
    }
    return Optional.empty();
  }

  /// The field's value unfolded (RFC 5322 §2.2.3) and without surrounding blanks, read as UTF-8.
  public String value(Field field) {
    String raw =
        new String(
            message, field.colon() + 1, field.end() - field.colon() - 1, StandardCharsets.UTF_8);
    return raw.replace("\r\n", "").strip();
  }

  /// The first such field's value, unfolded.
  public Optional<String> value(String name) {
    return first(name).map(this::value);
  }

  /// Where the body begins: behind the empty line, or the end of the bytes when there is none.
  public int bodyStart() {
    return bodyStart;
  }

  /// Where the first line stands that is neither a field nor a continuation; -1 for none.
  public int malformedAt() {
    return malformedAt;
  }

  private static int lineEnd(byte[] bytes, int from, int to) {
    for (int i = from; i < to; i++) {
      if (bytes[i] == '\n') {
        return i + 1;
      }
    }
    return to;
  }

  private static boolean isEmptyLine(byte[] bytes, int from, int lineEnd) {
    int length = lineEnd - from;
    return (length == 2 && bytes[from] == '\r' && bytes[from + 1] == '\n')
        || (length == 1 && bytes[from] == '\n');
  }

  /// The colon behind a field name of printable ASCII (RFC 5322 §3.6.8), or -1.
  private static int colon(byte[] bytes, int from, int lineEnd) {
    for (int i = from; i < lineEnd; i++) {
      byte b = bytes[i];
      if (b == ':') {
        return i > from && !isBlank(bytes[from]) ? i : -1;
      }
      if (isBlank(b)) {
        int next = i;
        while (next < lineEnd && isBlank(bytes[next])) {
          next++;
        }
        return next < lineEnd && bytes[next] == ':' && i > from ? next : -1;
      }
      if (b < 33 || b > 126) {
        return -1;
      }
    }
    return -1;
  }

  private static boolean isBlank(byte b) {
    return b == ' ' || b == '\t';
  }
}

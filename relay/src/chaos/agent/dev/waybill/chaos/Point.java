package dev.waybill.chaos;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/// A place in the relay, written `room.Class.method:where`.
///
/// @param text as written; the point's name
/// @param type the internal name of the class
/// @param method every method of this name
/// @param where in the method
/// @param callee the method whose call is meant, for `before` and `after`
record Point(String text, String type, String method, Where where, String callee) {
  private static final String PRODUCT = "dev.waybill.relay.";

  /// Where in a method.
  enum Where {
    ENTRY,
    EXIT,
    BEFORE,
    AFTER
  }

  static List<Point> read(Path file) throws IOException {
    return Files.readAllLines(file).stream()
        .filter(line -> !line.isBlank())
        .map(line -> parse(line.strip()))
        .toList();
  }

  /// `queue.Queue.settle:entry`, `…:exit`, `…:before:commit` or `…:after:commit`.
  static Point parse(String text) {
    String[] parts = text.split(":");
    int dot = parts[0].lastIndexOf('.');
    String type = parts[0].substring(0, dot);
    String full = type.startsWith("org.") || type.startsWith("java.") ? type : PRODUCT + type;
    Where where = Where.valueOf(parts[1].toUpperCase(java.util.Locale.ROOT));
    return new Point(
        text,
        full.replace('.', '/'),
        parts[0].substring(dot + 1),
        where,
        parts.length > 2 ? parts[2] : "");
  }
}

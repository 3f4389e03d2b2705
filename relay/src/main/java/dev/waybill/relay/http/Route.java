package dev.waybill.relay.http;

import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/// Which handler answers a method on a path.
///
/// @param method `GET` (answers HEAD too), `POST`, `PATCH`, `PUT` or `DELETE`
/// @param pattern segments that are literal or a variable: `/domains/{id}/verify`; a variable
///   stands for one non-empty segment
/// @param inline whether the handler runs on the thread that moves bytes; it must then never wait
public record Route(String method, String pattern, Handler handler, boolean inline) {
  public Route {
    Objects.requireNonNull(method, "method");
    Objects.requireNonNull(handler, "handler");
    if (!pattern.startsWith("/")) {
      throw new IllegalArgumentException(
          "pattern: \"%s\" (expected: a path that starts with a slash)".formatted(pattern));
    }
  }

  public static Route get(String pattern, Handler handler) {
    return new Route("GET", pattern, handler, false);
  }

  public static Route post(String pattern, Handler handler) {
    return new Route("POST", pattern, handler, false);
  }

  public static Route patch(String pattern, Handler handler) {
    return new Route("PATCH", pattern, handler, false);
  }

  public static Route delete(String pattern, Handler handler) {
    return new Route("DELETE", pattern, handler, false);
  }

  /// This route, answered without changing threads: only for handlers that never wait.
  public Route withoutWaiting() {
    return new Route(method, pattern, handler, true);
  }

  /// A pattern ready for matching: nothing is taken apart for a path that leads elsewhere.
  ///
  /// @param segments of `/a/b` two, of `/` an empty one
  record Shape(List<Segment> segments) {
    /// @param text what a literal is, or the variable's name
    private record Segment(String text, boolean isVariable) {
      static Segment of(String text) {
        return text.startsWith("{") && text.endsWith("}")
            ? new Segment(text.substring(1, text.length() - 1), true)
            : new Segment(text, false);
      }
    }

    static Shape of(String pattern) {
      return new Shape(Stream.of(pattern.substring(1).split("/", -1)).map(Segment::of).toList());
    }

    boolean fits(String path) {
      int start = 1;
      for (Segment segment : segments) {
        if (start > path.length()) {
          return false;
        }
        int end = end(path, start);
        boolean isRight =
            segment.isVariable()
                ? end > start
                : end - start == segment.text().length() && path.startsWith(segment.text(), start);
        if (!isRight) {
          return false;
        }
        start = end + 1;
      }
      return start > path.length();
    }

    /// The decoded variables of a path that fits, by name.
    ///
    /// @return empty when one is not percent-encoded UTF-8
    Optional<Map<String, String>> variables(String path) {
      Map<String, String> variables = Map.of();
      int start = 1;
      for (Segment segment : segments) {
        int end = end(path, start);
        if (segment.isVariable()) {
          Optional<String> value = Percent.decode(path.substring(start, end), false);
          if (value.isEmpty()) {
            return Optional.empty();
          }
          variables = with(variables, segment.text(), value.get());
        }
        start = end + 1;
      }
      return Optional.of(variables);
    }

    long variables() {
      return segments.stream().filter(Segment::isVariable).count();
    }

    /// Most routes have one variable.
    private static Map<String, String> with(Map<String, String> some, String name, String value) {
      if (some.isEmpty()) {
        return Map.of(name, value);
      }
      Map<String, String> more = new HashMap<>(some);
      more.put(name, value);
      return Map.copyOf(more);
    }

    private static int end(String path, int start) {
      int slash = path.indexOf('/', start);
      return slash < 0 ? path.length() : slash;
    }
  }
}

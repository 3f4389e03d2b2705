package dev.waybill.relay.http;

import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;

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

  /// A pattern's or a path's segments: `/a/b` has two, `/` has one empty one.
  static List<String> segments(String path) {
    List<String> segments = new ArrayList<>(4);
    int start = 1;
    for (int slash = path.indexOf('/', 1); slash >= 0; slash = path.indexOf('/', start)) {
      segments.add(path.substring(start, slash));
      start = slash + 1;
    }
    segments.add(path.substring(start));
    return segments;
  }

  /// A pattern ready for matching.
  record Shape(List<String> segments) {
    static Shape of(String pattern) {
      return new Shape(List.copyOf(Route.segments(pattern)));
    }

    boolean fits(List<String> path) {
      if (path.size() != segments.size()) {
        return false;
      }
      for (int i = 0; i < path.size(); i++) {
        String expected = segments.get(i);
        String actual = path.get(i);
        if (isVariable(expected) ? actual.isEmpty() : !expected.equals(actual)) {
          return false;
        }
      }
      return true;
    }

    /// The variables' raw values in a path that fits.
    Map<String, String> variables(List<String> path) {
      Map<String, String> variables = new HashMap<>(2);
      for (int i = 0; i < path.size(); i++) {
        String expected = segments.get(i);
        if (isVariable(expected)) {
          variables.put(expected.substring(1, expected.length() - 1), path.get(i));
        }
      }
      return variables;
    }

    long variables() {
      return segments.stream().filter(Shape::isVariable).count();
    }

    private static boolean isVariable(String segment) {
      return segment.startsWith("{") && segment.endsWith("}");
    }
  }
}

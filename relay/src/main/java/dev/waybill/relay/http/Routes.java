package dev.waybill.relay.http;

import java.util.ArrayList;
import java.util.Collections;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import java.util.TreeMap;
import java.util.TreeSet;

/// All routes of one server; immutable, any thread may use it.
///
/// Literal segments win over variables. Segments are split before they are decoded, so an encoded
/// slash stays inside its variable.
public final class Routes {
  /// What a method and a path lead to.
  sealed interface Match {
    record Found(Route route, Map<String, String> variables) implements Match {}

    /// The path exists, but not for this method.
    record WrongMethod(SortedSet<String> allowed) implements Match {}

    record NoSuchPath() implements Match {}

    /// A variable is not percent-encoded UTF-8.
    record Malformed() implements Match {}
  }

  private record Place(Route.Shape shape, Map<String, Route> byMethod) {}

  private final List<Place> places;

  /// @throws IllegalArgumentException when two routes share method and pattern
  public Routes(List<Route> routes) {
    Map<String, Map<String, Route>> byPattern = new LinkedHashMap<>();
    for (Route route : routes) {
      Map<String, Route> methods = byPattern.computeIfAbsent(route.pattern(), _ -> new TreeMap<>());
      if (methods.put(route.method(), route) != null) {
        throw new IllegalArgumentException(
            "two routes for %s %s".formatted(route.method(), route.pattern()));
      }
    }
    List<Place> ordered = new ArrayList<>();
    byPattern.forEach(
        (pattern, methods) -> ordered.add(new Place(Route.Shape.of(pattern), methods)));
    ordered.sort(Comparator.comparingLong(place -> place.shape().variables()));
    places = List.copyOf(ordered);
  }

  Match find(String method, String path) {
    for (Place place : places) {
      if (place.shape().fits(path)) {
        Route route = place.byMethod().get(method.equals("HEAD") ? "GET" : method);
        if (route != null) {
          Optional<Map<String, String>> variables = place.shape().variables(path);
          return variables.isPresent()
              ? new Match.Found(route, variables.get())
              : new Match.Malformed();
        }
      }
    }
    SortedSet<String> allowed = new TreeSet<>();
    for (Place place : places) {
      if (place.shape().fits(path)) {
        allowed.addAll(place.byMethod().keySet());
      }
    }
    if (allowed.isEmpty()) {
      return new Match.NoSuchPath();
    }
    if (allowed.contains("GET")) {
      allowed.add("HEAD");
    }
    return new Match.WrongMethod(Collections.unmodifiableSortedSet(allowed));
  }
}

package dev.waybill.relay.routes;

import dev.waybill.relay.message.DomainName;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// The operator's routes. A value; any thread may use it.
///
/// The most specific one counts, whatever order they were written in: the domain itself, then `*.`
/// of its nearest parent, then that of the next, then `*`.
public final class RouteTable {
  /// No routes: all mail goes by MX.
  public static final RouteTable EMPTY = new RouteTable(List.of());

  private final List<OperatorRoute> routes;
  private final Map<DomainPattern, OperatorRoute> byPattern = new HashMap<>();

  /// @throws IllegalArgumentException when two routes have the same name or pattern
  public RouteTable(List<OperatorRoute> routes) {
    this.routes = List.copyOf(routes);
    Map<String, OperatorRoute> byName = new HashMap<>();
    for (OperatorRoute route : routes) {
      if (byName.put(route.name(), route) != null) {
        throw new IllegalArgumentException("two routes %s".formatted(route.name()));
      }
      for (DomainPattern pattern : route.domains()) {
        OperatorRoute other = byPattern.put(pattern, route);
        if (other != null) {
          throw new IllegalArgumentException(
              "%s in the routes %s and %s".formatted(pattern, other.name(), route.name()));
        }
      }
    }
  }

  public List<OperatorRoute> routes() {
    return routes;
  }

  /// The route of a domain's mail.
  ///
  /// @param released the route that held this mail until an operator released it, which holds it no
  ///   more: what counts then is the next one; empty for none
  /// @return empty for the domain's MX
  public Optional<OperatorRoute> of(DomainName domain, String released) {
    if (routes.isEmpty()) {
      return Optional.empty();
    }
    OperatorRoute found = counting(new DomainPattern.Exactly(domain), released);
    Optional<DomainName> parent = domain.parent();
    while (found == null && parent.isPresent()) {
      found = counting(new DomainPattern.Below(parent.get()), released);
      parent = parent.get().parent();
    }
    return Optional.ofNullable(found == null ? counting(new DomainPattern.All(), released) : found);
  }

  private @Nullable OperatorRoute counting(DomainPattern pattern, String released) {
    OperatorRoute route = byPattern.get(pattern);
    return route != null
            && route.action() instanceof OperatorRoute.Action.Hold
            && route.name().equals(released)
        ? null
        : route;
  }
}

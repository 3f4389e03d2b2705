package dev.waybill.relay.routes;

import java.util.List;
import java.util.Objects;

/// Where mail of some recipient domains goes, by the operator's word. A value.
///
/// @param name 1 to 32 of a-z, 0-9 and -, beginning with a letter; events and replies show it
/// @param domains whose mail, at least one pattern
/// @param action what becomes of it
public record OperatorRoute(String name, List<DomainPattern> domains, Action action) {
  /// What becomes of the mail.
  public sealed interface Action {
    /// Another host takes it, whatever the DNS says of the domain.
    record Via(Smarthost smarthost) implements Action {
      public Via {
        Objects.requireNonNull(smarthost, "smarthost");
      }
    }

    /// Nobody gets it, and its event says so.
    record Discard() implements Action {}

    /// It waits until an operator releases it.
    record Hold() implements Action {}

    /// It goes to the domain's MX: an exception from a route that is less specific.
    record Direct() implements Action {}
  }

  public OperatorRoute {
    domains = List.copyOf(domains);
    Objects.requireNonNull(action, "action");
    if (!isName(name)) {
      throw new IllegalArgumentException(
          "route \"%s\" (expected: 1 to 32 of a-z, 0-9 and -, beginning with a letter)"
              .formatted(name));
    }
    if (domains.isEmpty()) {
      throw new IllegalArgumentException("route %s has no domains".formatted(name));
    }
  }

  /// Whether a route can be called this.
  public static boolean isName(String text) {
    return !text.isEmpty()
        && text.length() <= 32
        && text.charAt(0) >= 'a'
        && text.charAt(0) <= 'z'
        && text.chars().allMatch(c -> (c >= 'a' && c <= 'z') || (c >= '0' && c <= '9') || c == '-');
  }
}

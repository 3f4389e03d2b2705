package dev.waybill.relay.tracking;

import dev.waybill.relay.message.DomainName;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Collection;
import java.util.Set;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/// The hosts that recipients may ask this relay for. Any thread may use it; none waits.
///
/// Its own; every name at or below a domain that is or was registered, since the mail of years ago
/// names tracking hosts of then, and only their owner can lead them here; addresses, for health
/// checks and for whoever tries the door out. Any other name was led here by mistake or by somebody
/// who wants our answers under a name of his.
final class Hosts {
  private static final Duration FRESH = Duration.ofSeconds(5);

  private record Known(Instant at, Set<String> domains) {}

  private final Set<String> own;
  private final Supplier<? extends Collection<DomainName>> domains;
  private final InstantSource clock;
  private final AtomicBoolean looking = new AtomicBoolean();
  private volatile Known known;

  /// @param own in lower case
  /// @param domains all that were ever registered; asked every few seconds at most
  Hosts(Set<String> own, Supplier<? extends Collection<DomainName>> domains, InstantSource clock) {
    this.own = Stream.concat(own.stream(), Stream.of("localhost")).collect(Collectors.toSet());
    this.domains = domains;
    this.clock = clock;
    this.known = look(clock.instant());
  }

  /// @param host in lower case without port; empty when an old client named none
  boolean isOurs(String host) {
    String name = host.endsWith(".") ? host.substring(0, host.length() - 1) : host;
    if (name.isEmpty() || own.contains(name) || isAddress(name)) {
      return true;
    }
    Set<String> registered = registered();
    String rest = name;
    for (int dot = rest.indexOf('.'); dot >= 0; dot = rest.indexOf('.')) {
      if (registered.contains(rest)) {
        return true;
      }
      rest = rest.substring(dot + 1);
    }
    return false;
  }

  private Set<String> registered() {
    Known current = known;
    Instant now = clock.instant();
    if (now.isBefore(current.at().plus(FRESH)) || !looking.compareAndSet(false, true)) {
      return current.domains();
    }
    try {
      known = look(now);
      return known.domains();
    } finally {
      looking.set(false);
    }
  }

  private Known look(Instant now) {
    return new Known(
        now, domains.get().stream().map(DomainName::value).collect(Collectors.toSet()));
  }

  /// No top-level domain ends in a digit.
  private static boolean isAddress(String host) {
    return host.startsWith("[") || Character.isDigit(host.charAt(host.length() - 1));
  }
}

package dev.waybill.relay.config;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.routes.DomainPattern;
import dev.waybill.relay.routes.OperatorRoute;
import dev.waybill.relay.routes.RouteTable;
import dev.waybill.relay.routes.Smarthost;
import dev.waybill.relay.smtp.Credentials;
import java.net.InetSocketAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Reads `delivery.routes.<name>.…`, whose names the operator makes up. Confined to the thread that
/// starts the relay.
///
/// Whatever does not fit together is reported at the key that is wrong or missing.
final class RouteReader {
  private static final String SECTION = "delivery.routes";
  private static final int SUBMISSION_PORT = 587;
  private static final int IMPLICIT_TLS_PORT = 465;
  private static final List<String> LASTS =
      List.of(
          "domains", "action", "host", "port", "tls", "user", "password", "allow-plaintext-auth");

  /// What becomes of a route's mail, as it is written.
  enum Action {
    SMARTHOST,
    DISCARD,
    HOLD,
    DIRECT
  }

  /// Who we are: no route may lead back to us.
  ///
  /// @param listening where we take mail ourselves
  record Ourselves(Set<DomainName> names, List<InetSocketAddress> listening) {}

  /// The settings of one route.
  private record RouteKeys(
      String name,
      Key<DomainPattern> domains,
      Key<Action> action,
      Key<Smarthost.Host> host,
      Key<Integer> port,
      Key<Smarthost.Tls> tls,
      Key<String> user,
      Key<String> password,
      Key<Boolean> allowPlaintextAuth) {
    static RouteKeys of(String name) {
      return new RouteKeys(
          name,
          key(name, 0, patternKind(), Key.Form.LIST),
          key(name, 1, Kind.oneOf(Action.class), Key.Form.SINGLE),
          key(name, 2, hostKind(), Key.Form.SINGLE),
          key(name, 3, Kind.number(1, 65_535), Key.Form.SINGLE),
          key(name, 4, Kind.oneOf(Smarthost.Tls.class), Key.Form.SINGLE),
          key(name, 5, userKind(), Key.Form.SINGLE),
          key(name, 6, passwordKind(), Key.Form.SECRET),
          key(name, 7, Kind.yesOrNo(), Key.Form.SINGLE));
    }

    List<Key<?>> all() {
      return List.of(domains, action, host, port, tls, user, password, allowPlaintextAuth);
    }

    /// Those that say something of a smarthost only.
    List<Key<?>> ofSmarthost() {
      return all().subList(2, LASTS.size());
    }

    private static <T> Key<T> key(String name, int last, Kind<T> kind, Key.Form form) {
      return new Key<>(String.join(".", SECTION, name, LASTS.get(last)), kind, form, "");
    }

    private static Kind<DomainPattern> patternKind() {
      return new Kind<>(
          "example.com, *.example.com for all below it, or * for all", DomainPattern::parse);
    }

    private static Kind<Smarthost.Host> hostKind() {
      return new Kind<>("a host name or an IP address", RouteKeys::readHost);
    }

    private static Optional<Smarthost.Host> readHost(String text) {
      boolean bracketed = text.startsWith("[") && text.endsWith("]");
      return Kind.address()
          .reader()
          .apply(bracketed ? text.substring(1, text.length() - 1) : text)
          .<Smarthost.Host>map(Smarthost.Host.Literal::new)
          .or(() -> DomainName.parse(text).map(Smarthost.Host.Named::new));
    }

    private static Kind<String> userKind() {
      return new Kind<>(
          "1 to 255 characters without control characters",
          text -> Optional.of(text).filter(Credentials::isUser));
    }

    private static Kind<String> passwordKind() {
      return new Kind<>(
          "1 to 1000 characters without control characters",
          text -> Optional.of(text).filter(Credentials::isPassword));
    }
  }

  private final Configuration configuration;
  private final List<RouteKeys> routes;

  RouteReader(Configuration configuration) {
    this.configuration = configuration;
    this.routes = configuration.sections(SECTION, LASTS).stream().map(RouteKeys::of).toList();
  }

  /// The settings that there are for the routes that are named.
  List<Key<?>> keys() {
    return routes.stream().flatMap(keys -> keys.all().stream()).<Key<?>>map(key -> key).toList();
  }

  /// The routes that are in order; those that are not are reported.
  RouteTable table(Ourselves ourselves) {
    List<OperatorRoute> read = new ArrayList<>();
    Map<DomainPattern, String> taken = new HashMap<>();
    for (RouteKeys keys : routes) {
      if (!OperatorRoute.isName(keys.name())) {
        configuration.wrong(
            keys.domains(), "a route's name of 1 to 32 a-z, 0-9 and -, beginning with a letter");
        continue;
      }
      List<DomainPattern> domains = domains(keys, taken);
      OperatorRoute.Action action = action(keys, ourselves);
      if (action != null && !domains.isEmpty()) {
        read.add(new OperatorRoute(keys.name(), domains, action));
      }
    }
    return new RouteTable(read);
  }

  private List<DomainPattern> domains(RouteKeys keys, Map<DomainPattern, String> taken) {
    List<DomainPattern> domains = configuration.list(keys.domains());
    if (domains.isEmpty()) {
      configuration.wrong(keys.domains(), keys.domains().kind().expected());
    }
    List<DomainPattern> own = new ArrayList<>();
    for (DomainPattern domain : domains) {
      String other = taken.putIfAbsent(domain, keys.name());
      if (other == null) {
        own.add(domain);
      } else {
        configuration.wrong(
            keys.domains(), "each domain once; %s is in route %s already".formatted(domain, other));
      }
    }
    return own;
  }

  private OperatorRoute.@Nullable Action action(RouteKeys keys, Ourselves ourselves) {
    Optional<Action> action = configuration.optional(keys.action());
    if (action.isEmpty()) {
      configuration.missing(keys.action());
      return null;
    }
    if (action.get() == Action.SMARTHOST) {
      return smarthost(keys, ourselves);
    }
    for (Key<?> key : keys.ofSmarthost()) {
      if (configuration.isSet(key)) {
        configuration.wrong(key, "nothing but with action: smarthost");
      }
    }
    return switch (action.get()) {
      case DISCARD -> new OperatorRoute.Action.Discard();
      case HOLD -> new OperatorRoute.Action.Hold();
      case DIRECT, SMARTHOST -> new OperatorRoute.Action.Direct();
    };
  }

  private OperatorRoute.@Nullable Action smarthost(RouteKeys keys, Ourselves ourselves) {
    Optional<Smarthost.Host> host = configuration.optional(keys.host());
    if (host.isEmpty()) {
      configuration.missing(keys.host());
      return null;
    }
    Smarthost.Tls tls = configuration.optional(keys.tls()).orElse(Smarthost.Tls.REQUIRED);
    int port =
        configuration
            .optional(keys.port())
            .orElse(tls == Smarthost.Tls.IMPLICIT ? IMPLICIT_TLS_PORT : SUBMISSION_PORT);
    boolean loops = isOurselves(host.get(), port, ourselves);
    if (loops) {
      configuration.wrong(keys.host(), "another host than this one, to which mail would loop back");
    }
    Optional<String> user = configuration.optional(keys.user());
    Optional<String> password = configuration.optional(keys.password());
    if (user.isPresent() && password.isEmpty()) {
      configuration.missing(keys.password());
    } else if (user.isEmpty() && password.isPresent()) {
      configuration.missing(keys.user());
    }
    boolean inClear =
        host.get().isLoopback() || configuration.optional(keys.allowPlaintextAuth()).orElse(false);
    boolean unsafe = user.isPresent() && !inClear && !tls.isAuthenticating();
    if (unsafe) {
      configuration.wrong(
          keys.tls(),
          "required or implicit where a password is said, or allow-plaintext-auth: true");
    }
    if (loops || unsafe) {
      return null;
    }
    Credentials credentials =
        user.flatMap(name -> password.map(secret -> new Credentials(name, secret, inClear)))
            .orElse(null);
    return new OperatorRoute.Action.Via(
        new Smarthost(keys.name(), host.get(), port, tls, credentials));
  }

  /// A name of ours on another port is refused as well: it leads to this machine's own addresses,
  /// which no mail goes to.
  private static boolean isOurselves(Smarthost.Host host, int port, Ourselves ourselves) {
    boolean ours =
        ourselves.listening().stream()
            .anyMatch(door -> door.getPort() == port && leadsTo(host, door));
    return ours
        || (host instanceof Smarthost.Host.Named(DomainName name)
            && ourselves.names().contains(name));
  }

  private static boolean leadsTo(Smarthost.Host host, InetSocketAddress door) {
    boolean everywhere = door.getAddress().isAnyLocalAddress();
    return (host.isLoopback() && (everywhere || door.getAddress().isLoopbackAddress()))
        || (host instanceof Smarthost.Host.Literal(var address)
            && address.equals(door.getAddress()));
  }
}

package dev.waybill.relay.config;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.sources.SourceAddress;
import dev.waybill.relay.sources.SourcePools;
import dev.waybill.relay.sources.WarmUp;
import dev.waybill.relay.sources.WarmUpSchedule;
import java.net.Inet4Address;
import java.net.Inet6Address;
import java.net.InetAddress;
import java.time.LocalDate;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.SortedSet;
import org.jspecify.annotations.Nullable;

/// Reads `delivery.source-addresses` and `delivery.sources.<name>.…`, whose names the operator
/// makes up. Confined to the thread that starts the relay.
final class SourceReader {
  private static final String SECTION = "delivery.sources";
  private static final List<String> LASTS =
      List.of("address", "address6", "helo", "pool", "warm-up", "warm-up-messages");
  private static final Kind<InetAddress> FOUR =
      address("an IPv4 address of one interface, such as 192.0.2.1", Inet4Address.class);
  private static final Kind<InetAddress> SIX =
      address("an IPv6 address of one interface, such as 2001:db8::1", Inet6Address.class);

  private static final int MAX_MESSAGES = 1_000_000_000;

  /// The settings of one source.
  private record SourceKeys(
      String name,
      Key<InetAddress> address,
      Key<InetAddress> address6,
      Key<DomainName> helo,
      Key<String> pool,
      Key<LocalDate> warmUp,
      Key<Integer> messages) {
    static SourceKeys of(String name) {
      return new SourceKeys(
          name,
          key(name, 0, FOUR),
          key(name, 1, SIX),
          key(name, 2, Kind.hostName()),
          key(
              name,
              3,
              new Kind<>(SourcePools.NAME, t -> Optional.of(t).filter(SourcePools::isName))),
          key(name, 4, new Kind<>("a day such as 2026-12-01", SourceReader::day)),
          new Key<>(key(name, 5), Kind.number(1, MAX_MESSAGES), Key.Form.LIST, ""));
    }

    List<Key<?>> all() {
      return List.of(address, address6, helo, pool, warmUp, messages);
    }

    private static <T> Key<T> key(String name, int last, Kind<T> kind) {
      return new Key<>(key(name, last), kind, Key.Form.SINGLE, "");
    }

    private static String key(String name, int last) {
      return String.join(".", SECTION, name, LASTS.get(last));
    }
  }

  private final Configuration configuration;
  private final List<SourceKeys> sources;
  private final WarmUpSchedule usual = WarmUpSchedule.standard();

  SourceReader(Configuration configuration) {
    this.configuration = configuration;
    this.sources = configuration.sections(SECTION, LASTS).stream().map(SourceKeys::of).toList();
  }

  /// The settings that there are for the sources that are named.
  List<Key<?>> keys() {
    return sources.stream().flatMap(keys -> keys.all().stream()).<Key<?>>map(key -> key).toList();
  }

  /// The sources and pools that are in order; those that are not are reported.
  ///
  /// @param heloName of sources without a name of their own
  /// @param wanted the keys that name a pool, by stream
  SourcePools pools(String heloName, Map<String, Key<String>> wanted) {
    List<SourceAddress> addresses = new ArrayList<>();
    Map<InetAddress, String> taken = new HashMap<>();
    for (InetAddress address : configuration.list(Keys.DELIVERY_SOURCE_ADDRESSES)) {
      if (isOfOneInterface(address)) {
        claim(Keys.DELIVERY_SOURCE_ADDRESSES, address, taken)
            .ifPresent(own -> addresses.add(new SourceAddress(own, heloName, SourcePools.DEFAULT)));
      } else {
        configuration.wrong(Keys.DELIVERY_SOURCE_ADDRESSES, "addresses of one interface each");
      }
    }
    for (SourceKeys keys : sources) {
      if (!SourcePools.isName(keys.name())) {
        configuration.wrong(keys.address(), "a source's name of " + SourcePools.NAME);
        continue;
      }
      if (!configuration.isSet(keys.address()) && !configuration.isSet(keys.address6())) {
        configuration.missing(keys.address());
      }
      String helo = configuration.optional(keys.helo()).map(DomainName::value).orElse(heloName);
      String pool = configuration.optional(keys.pool()).orElse(SourcePools.DEFAULT);
      WarmUp warmUp = warmUp(keys);
      for (Key<InetAddress> key : List.of(keys.address(), keys.address6())) {
        configuration
            .optional(key)
            .flatMap(address -> claim(key, address, taken))
            .ifPresent(own -> addresses.add(new SourceAddress(own, helo, pool, warmUp)));
      }
    }
    if (addresses.size() > SourcePools.MOST) {
      configuration.wrong(
          Keys.DELIVERY_SOURCE_ADDRESSES,
          "at most %d addresses here and in %s".formatted(SourcePools.MOST, SECTION));
      return SourcePools.NONE;
    }
    return new SourcePools(addresses, pools(addresses, wanted));
  }

  /// What an SPF record has to name for the pools: their addresses, and this host where the system
  /// picks.
  static List<String> mechanisms(SourcePools pools, DomainName hostname) {
    List<String> mechanisms = new ArrayList<>();
    if (pools.of(SourcePools.DEFAULT).isEmpty()) {
      mechanisms.add("a:" + hostname);
    }
    for (SourceAddress source : pools.addresses()) {
      String type = source.address() instanceof Inet4Address ? "ip4:" : "ip6:";
      mechanisms.add(type + source.address().getHostAddress());
    }
    return mechanisms;
  }

  private @Nullable WarmUp warmUp(SourceKeys keys) {
    List<Integer> messages = configuration.list(keys.messages());
    if (configuration.isSet(keys.messages()) && messages.isEmpty()) {
      configuration.wrong(keys.messages(), "messages of one day or more");
    }
    if (!messages.isEmpty() && !configuration.isSet(keys.warmUp())) {
      configuration.missing(keys.warmUp());
    }
    if (messages.size() > WarmUpSchedule.MAX_DAYS) {
      configuration.wrong(keys.messages(), "at most %d days".formatted(WarmUpSchedule.MAX_DAYS));
      return null;
    }
    return configuration
        .optional(keys.warmUp())
        .map(begins -> new WarmUp(begins, messages.isEmpty() ? usual : WarmUpSchedule.of(messages)))
        .orElse(null);
  }

  private Optional<InetAddress> claim(
      Key<InetAddress> key, InetAddress address, Map<InetAddress, String> taken) {
    String other = taken.putIfAbsent(address, key.name());
    if (other == null) {
      return Optional.of(address);
    }
    configuration.wrong(
        key, "each address once; %s is in %s already".formatted(address.getHostAddress(), other));
    return Optional.empty();
  }

  private Map<String, String> pools(
      List<SourceAddress> addresses, Map<String, Key<String>> wanted) {
    SortedSet<String> known = SourcePools.names(addresses);
    Map<String, String> pools = new HashMap<>();
    wanted.forEach((stream, key) -> {
      Optional<String> pool = configuration.optional(key);
      if (pool.isPresent() && !known.contains(pool.get())) {
        configuration.wrong(key, "a pool of %s: %s".formatted(SECTION, String.join(", ", known)));
      } else {
        pool.ifPresent(name -> pools.put(stream, name));
      }
    });
    return pools;
  }

  /// Four digits for the year: a longer one is a slip.
  private static Optional<LocalDate> day(String text) {
    try {
      return Optional.of(text).filter(day -> day.length() == 10).map(LocalDate::parse);
    } catch (DateTimeParseException wrong) {
      return Optional.empty();
    }
  }

  private static Kind<InetAddress> address(String expected, Class<? extends InetAddress> family) {
    return new Kind<>(
        expected,
        text ->
            Kind.address()
                .reader()
                .apply(text)
                .filter(family::isInstance)
                .filter(SourceReader::isOfOneInterface));
  }

  private static boolean isOfOneInterface(InetAddress address) {
    return !address.isAnyLocalAddress() && !address.isMulticastAddress();
  }
}

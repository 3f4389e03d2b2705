package dev.waybill.relay.dns;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import dev.waybill.relay.message.DomainName;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Executor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Function;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/// Asks a zone's own name servers, found through the resolvers. Any thread may use it; it blocks.
///
/// Strangers choose these servers, so everything is bounded: four servers a zone, four questions at
/// a time to each, 1.5 seconds for an answer over UDP or TCP. A server that was silent is left
/// alone for five minutes, and so is everybody when sixteen in a row were silent, as where port 53
/// is closed.
final class ZoneServers {
  static final Executor THREADS = task -> Thread.ofVirtual().name("dns-zone").start(task);

  private static final int MAX_SERVERS = 4;
  private static final int MAX_LABELS = 32;
  private static final int QUESTIONS_AT_ONCE = 4;
  private static final int SILENT_IN_A_ROW = 16;
  private static final int MAX_REMEMBERED = 20_000;
  private static final Duration TURN = Duration.ofMillis(1_500);
  private static final Duration AT_THE_DOOR = Duration.ofSeconds(3);
  private static final Duration REST = Duration.ofMinutes(5);

  /// How long a zone's servers are remembered: for the checks of one round.
  private static final Duration ROUND = Duration.ofMinutes(1);

  /// What a zone's servers say together.
  sealed interface Said {
    record Agreed(Lookup<Record> lookup) implements Said {}

    /// @param reason a whole sentence for the domain's owner
    record Disputed(String reason) implements Said {}

    /// None of them can be asked.
    record Nothing() implements Said {}
  }

  private record Server(String name, InetAddress address) {}

  /// What the NS records at a name say; no servers where no zone begins there.
  private record Cut(boolean here, List<Server> servers) {
    static final Cut NONE = new Cut(false, List.of());
  }

  private final Resolver resolver;
  private final Predicate<InetAddress> permitted;
  private final Function<InetAddress, InetSocketAddress> sockets;
  private final Cache<Name, Cut> cuts =
      Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).expireAfterWrite(ROUND).build();
  private final Cache<InetAddress, Boolean> silent =
      Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).expireAfterWrite(REST).build();
  private final Cache<InetAddress, Semaphore> doors =
      Caffeine.newBuilder().maximumSize(MAX_REMEMBERED).expireAfterAccess(REST).build();
  private final Cache<Boolean, Boolean> closed =
      Caffeine.newBuilder().maximumSize(1).expireAfterWrite(REST).build();
  private final AtomicInteger silentInARow = new AtomicInteger();

  ZoneServers(
      Resolver resolver,
      Predicate<InetAddress> permitted,
      Function<InetAddress, InetSocketAddress> sockets) {
    this.resolver = resolver;
    this.permitted = permitted;
    this.sockets = sockets;
  }

  /// Puts a question to all servers of the name's zone at once; aliases are followed into whatever
  /// zone they lead to.
  Said ask(Name name, int type) {
    Name asked = name;
    for (int hop = 0; hop < DnsReading.MAX_ALIASES; hop++) {
      Map<Server, DnsReading> readings = readings(asked, type);
      if (readings.isEmpty()) {
        return hop == 0 ? new Said.Nothing() : resolved(asked, type);
      }
      if (readings.values().stream().map(ZoneServers::content).distinct().count() > 1) {
        return new Said.Disputed(dispute(asked, type, readings));
      }
      switch (readings.values().iterator().next()) {
        case DnsReading.Records(List<Record> records, _) -> {
          return new Said.Agreed(new Lookup.Found<>(records));
        }
        case DnsReading.No(Lookup<Record> no, _) -> {
          return new Said.Agreed(no);
        }
        case DnsReading.Alias(Name target, _) -> asked = target;
        case DnsReading.Unusable _ -> {
          return new Said.Nothing();
        }
      }
    }
    return new Said.Nothing();
  }

  /// The records' data in an order of its own; empty for a "no".
  static String content(Lookup<Record> lookup) {
    return lookup instanceof Lookup.Found<Record>(List<Record> records) ? data(records) : "";
  }

  private static String content(DnsReading reading) {
    return switch (reading) {
      case DnsReading.Records(List<Record> records, _) -> data(records);
      case DnsReading.Alias(Name target, _) ->
          "alias " + target.toString().toLowerCase(Locale.ROOT);
      case DnsReading.No _, DnsReading.Unusable _ -> "";
    };
  }

  private static String data(Collection<Record> records) {
    return records.stream()
        .map(record ->
            record.getType() == Type.TXT
                ? record.rdataToString()
                : record.rdataToString().toLowerCase(Locale.ROOT))
        .distinct()
        .sorted()
        .collect(Collectors.joining(" "));
  }

  private static String dispute(Name name, int type, Map<Server, DnsReading> readings) {
    String without = names(readings, true);
    String with = names(readings, false);
    String what = "The zone's name servers contradict each other about %s %s: ";
    String who =
        without.isEmpty()
            ? "%s give different answers".formatted(with)
            : "%s does not have it yet, %s has".formatted(without, with);
    return (what + "%s. Wait until all of them are up to date.")
        .formatted(name.toString(true), Type.string(type), who);
  }

  private static String names(Map<Server, DnsReading> readings, boolean empty) {
    return readings.entrySet().stream()
        .filter(entry -> content(entry.getValue()).isEmpty() == empty)
        .map(entry -> entry.getKey().name())
        .distinct()
        .sorted()
        .collect(Collectors.joining(" and "));
  }

  private Said resolved(Name name, int type) {
    Lookup<Record> lookup = resolver.fresh(name, type, false).join().lookup();
    return lookup instanceof Lookup.NoAnswer<Record> ? new Said.Nothing() : new Said.Agreed(lookup);
  }

  /// What those say that can be asked, by server.
  private Map<Server, DnsReading> readings(Name name, int type) {
    Map<Server, CompletableFuture<Optional<DnsReading>>> waiting = new LinkedHashMap<>();
    for (Server server : serversOf(name)) {
      waiting.put(
          server,
          CompletableFuture.supplyAsync(
              () -> Optional.ofNullable(ask(server, name, type)), THREADS));
    }
    Map<Server, DnsReading> readings = new LinkedHashMap<>();
    waiting.forEach((server, reading) ->
        reading
            .join()
            .filter(said -> !(said instanceof DnsReading.Unusable))
            .ifPresent(said -> readings.put(server, said)));
    return readings;
  }

  private @Nullable DnsReading ask(Server server, Name name, int type) {
    if (silent.getIfPresent(server.address()) != null) {
      return null;
    }
    Semaphore door = doors.get(server.address(), _ -> new Semaphore(QUESTIONS_AT_ONCE));
    boolean inside = false;
    try {
      inside = door.tryAcquire(AT_THE_DOOR.toMillis(), TimeUnit.MILLISECONDS);
      return inside ? askNow(server, name, type) : null;
    } catch (InterruptedException _) {
      Thread.currentThread().interrupt();
      return null;
    } finally {
      if (inside) {
        door.release();
      }
    }
  }

  private @Nullable DnsReading askNow(Server server, Name name, int type)
      throws InterruptedException {
    Message query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
    query.getHeader().unsetFlag(Flags.RD);
    SimpleResolver line = new SimpleResolver(sockets.apply(server.address()));
    line.setTimeout(TURN);
    line.setEDNS(0, DnsConversation.EDNS_PAYLOAD, 0, List.of());
    try {
      Message reply =
          line.sendAsync(query).toCompletableFuture().get(TURN.toMillis(), TimeUnit.MILLISECONDS);
      silentInARow.set(0);
      return DnsReading.ofAuthority(reply, name, type);
    } catch (ExecutionException | TimeoutException _) {
      silent.put(server.address(), true);
      if (silentInARow.incrementAndGet() >= SILENT_IN_A_ROW) {
        silentInARow.set(0);
        closed.put(true, true);
      }
      return null;
    }
  }

  /// The servers of the zone that the name lies in; empty where they cannot be found out.
  private List<Server> serversOf(Name name) {
    if (closed.getIfPresent(true) != null || name.labels() > MAX_LABELS) {
      return List.of();
    }
    for (int up = 0; up < name.labels() - 1; up++) {
      Name at = up == 0 ? name : new Name(name, up);
      Cut cut = cuts.get(at, this::cutAt);
      if (cut == null) {
        return List.of();
      }
      if (cut.here()) {
        return cut.servers();
      }
    }
    return List.of();
  }

  /// Null when the resolvers are silent, which is not remembered.
  private @Nullable Cut cutAt(Name name) {
    DnsConversation.Answer answer = resolver.fresh(name, Type.NS, false).join();
    return switch (answer.lookup()) {
      case Lookup.Found<Record>(List<Record> records)
          when records.getFirst().getName().equals(name) ->
          new Cut(true, servers(records));
      // what an alias leads to is another zone
      case Lookup.Found<Record> _ -> Cut.NONE;
      case Lookup.NoRecord<Record> _ -> Cut.NONE;
      case Lookup.NoSuchName<Record> _ -> Cut.NONE;
      // a broken name; should a zone begin there, the one above refers to it and proves nothing
      case Lookup.NoAnswer<Record> _ when answer.failed() -> Cut.NONE;
      case Lookup.NoAnswer<Record> _ -> null;
      case Lookup.Unproven<Record> _ -> null;
    };
  }

  private List<Server> servers(List<Record> records) {
    Map<DomainName, CompletableFuture<Lookup<InetAddress>>> waiting = new LinkedHashMap<>();
    for (Record record : records) {
      Optional<DomainName> host =
          record instanceof NSRecord ns
              ? DomainName.parse(ns.getTarget().toString(true))
              : Optional.empty();
      if (host.isPresent() && waiting.size() < MAX_SERVERS) {
        waiting.put(
            host.get(),
            CompletableFuture.supplyAsync(() -> resolver.addresses(host.get()), THREADS));
      }
    }
    List<Server> servers = new ArrayList<>();
    waiting.forEach((host, addresses) -> {
      if (addresses.join() instanceof Lookup.Found<InetAddress>(List<InetAddress> all)) {
        preferred(all).ifPresent(address -> servers.add(new Server(host.value(), address)));
      }
    });
    return List.copyOf(servers);
  }

  /// One address of a server is enough, IPv4 before IPv6.
  private Optional<InetAddress> preferred(List<InetAddress> addresses) {
    List<InetAddress> open = addresses.stream().filter(permitted).toList();
    return open.stream()
        .filter(Inet4Address.class::isInstance)
        .findFirst()
        .or(() -> open.stream().findFirst());
  }
}

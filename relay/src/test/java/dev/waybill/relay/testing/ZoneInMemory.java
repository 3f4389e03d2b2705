package dev.waybill.relay.testing;

import dev.waybill.relay.dns.Lookup;
import dev.waybill.relay.dns.Mx;
import dev.waybill.relay.dns.PublishedRecords;
import dev.waybill.relay.domains.DnsRecord;
import dev.waybill.relay.message.DomainName;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicReference;

/// The DNS as a test wants it: records that it publishes, and silence when it says so.
public final class ZoneInMemory implements PublishedRecords {
  private final Map<String, List<Mx>> hosts = new ConcurrentHashMap<>();
  private final Map<String, List<String>> texts = new ConcurrentHashMap<>();
  private final Map<String, List<DomainName>> aliases = new ConcurrentHashMap<>();
  private final Map<String, List<InetAddress>> addresses = new ConcurrentHashMap<>();
  private final Set<String> silentNames = ConcurrentHashMap.newKeySet();
  private final Set<String> unseen = ConcurrentHashMap.newKeySet();
  private final AtomicReference<Runnable> interruption = new AtomicReference<>(() -> {});
  private volatile boolean silent;

  public ZoneInMemory mx(String name, int preference, String exchange) {
    hosts.computeIfAbsent(name, _ -> new ArrayList<>()).add(new Mx(preference, exchange));
    return this;
  }

  public ZoneInMemory txt(String name, String text) {
    texts.computeIfAbsent(name, _ -> new ArrayList<>()).add(text);
    return this;
  }

  public ZoneInMemory cname(String name, String target) {
    aliases.computeIfAbsent(name, _ -> new ArrayList<>()).add(DomainName.of(target));
    return this;
  }

  public ZoneInMemory address(String name, String literal) {
    addresses.computeIfAbsent(name, _ -> new ArrayList<>()).add(InetAddress.ofLiteral(literal));
    return this;
  }

  /// Publishes records as their domain's owner is told to.
  public ZoneInMemory publish(Iterable<DnsRecord> records) {
    for (DnsRecord record : records) {
      String name = record.name().value();
      switch (record.type()) {
        case "MX" -> mx(name, 10, record.value());
        case "TXT" -> txt(name, record.value());
        case "CNAME" -> cname(name, record.value());
        default -> throw new IllegalArgumentException("no such type: " + record.type());
      }
    }
    return this;
  }

  /// Takes everything at the name away.
  public ZoneInMemory remove(String name) {
    hosts.remove(name);
    texts.remove(name);
    aliases.remove(name);
    addresses.remove(name);
    return this;
  }

  /// From now on no question is answered, or all are again.
  public void silent(boolean silent) {
    this.silent = silent;
  }

  /// From now on no question about this name is answered.
  public ZoneInMemory silent(String name) {
    silentNames.add(name);
    return this;
  }

  /// Receivers remember that there was nothing at the name, whatever is published now, or forget
  /// it.
  public void rememberNone(String name, boolean remembered) {
    boolean _ = remembered ? unseen.add(name) : unseen.remove(name);
  }

  /// Does something once, just before the next answer.
  public void beforeNextAnswer(Runnable event) {
    interruption.set(event);
  }

  @Override
  public PublishedRecords asReceiversSee() {
    ZoneInMemory all = this;
    return new PublishedRecords() {
      @Override
      public Lookup<Mx> mx(DomainName name) {
        return all.mx(name);
      }

      @Override
      public Lookup<String> texts(DomainName name) {
        return unseen.contains(name.value()) ? new Lookup.NoSuchName<>() : all.texts(name);
      }

      @Override
      public Lookup<DomainName> alias(DomainName name) {
        return all.alias(name);
      }

      @Override
      public Lookup<InetAddress> addresses(DomainName name) {
        return all.addresses(name);
      }
    };
  }

  @Override
  public Lookup<Mx> mx(DomainName name) {
    return answer(hosts, name);
  }

  @Override
  public Lookup<String> texts(DomainName name) {
    return answer(texts, name);
  }

  @Override
  public Lookup<DomainName> alias(DomainName name) {
    return answer(aliases, name);
  }

  @Override
  public Lookup<InetAddress> addresses(DomainName name) {
    return answer(addresses, name);
  }

  private <T> Lookup<T> answer(Map<String, List<T>> records, DomainName name) {
    interruption.getAndSet(() -> {}).run();
    if (silent || silentNames.contains(name.value())) {
      return new Lookup.NoAnswer<>("time-out");
    }
    List<DomainName> targets = aliases.get(name.value());
    if (targets != null && (Map<?, ?>) records != aliases) {
      return answer(records, targets.getFirst());
    }
    List<T> found = records.get(name.value());
    if (found != null) {
      return new Lookup.Found<>(found);
    }
    boolean exists =
        hosts.containsKey(name.value())
            || texts.containsKey(name.value())
            || aliases.containsKey(name.value())
            || addresses.containsKey(name.value());
    return exists ? new Lookup.NoRecord<>() : new Lookup.NoSuchName<>();
  }
}

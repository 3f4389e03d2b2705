package dev.waybill.relay.app.sandbox;

import dev.waybill.relay.domains.DnsRecord;
import dev.waybill.relay.message.DomainName;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/// What the sandbox's DNS knows: the whole internet as one laptop has it.
///
/// Any thread may call it. Every domain has an MX that leads to the sandbox's inbox, but for
/// `sandbox.example` and what lies below it: there only what was published exists, so that
/// verification and the receiver's checks depend on it. Nothing exists below `.invalid` (RFC 6761
/// §6.4) and `.arpa`.
public final class SandboxZone {
  /// The sending domain of the sandbox.
  public static final DomainName DOMAIN = DomainName.of("sandbox.example");

  /// The host behind every MX.
  public static final DomainName MAIL_HOST = DomainName.of("mx.sandbox.test");

  private static final long TTL = 1;
  private static final int MAX_STRING = 255;
  private static final Name ROOT = Name.root;
  private static final Name ZONE = name(DOMAIN);
  private static final Name MX_NAME = name(MAIL_HOST);
  private static final InetAddress LOOPBACK = loopback();

  /// An answer without its question.
  ///
  /// @param records for the answer section; empty for a name without such records
  /// @param exists whether the name exists at all
  /// @param authority the zone's SOA, for negative answers (RFC 2308)
  record Found(List<Record> records, boolean exists, SOARecord authority) {
    Found {
      records = List.copyOf(records);
    }
  }

  private record Key(Name name, int type) {}

  private final Map<Key, List<Record>> published = new ConcurrentHashMap<>();

  /// A zone where only the sandbox's inbox and the MX of `sandbox.example` itself are known.
  public SandboxZone() {
    publishHost(MAIL_HOST);
    publish(DOMAIN, "MX", "10 " + MAIL_HOST);
  }

  /// Gives a host the address 127.0.0.1.
  public void publishHost(DomainName host) {
    published.put(
        new Key(name(host), Type.A), List.of(new ARecord(name(host), DClass.IN, TTL, LOOPBACK)));
  }

  /// Adds a record as it would be pasted into a provider's form.
  ///
  /// @param type `MX` (value `10 host.example`), `TXT` (without quotes, any length) or `CNAME`
  /// @throws IllegalArgumentException when type or value cannot be published
  public void publish(DomainName owner, String type, String value) {
    Record record = record(name(owner), type, value);
    published.merge(
        new Key(name(owner), record.getType()),
        List.of(record),
        (old, added) -> {
          List<Record> both = new ArrayList<>(old);
          added.stream().filter(r -> !both.contains(r)).forEach(both::add);
          return List.copyOf(both);
        });
  }

  /// Adds a record as a domain's owner is told to publish it.
  public void publish(DnsRecord record) {
    Integer priority = record.priority();
    publish(
        record.name(),
        record.type(),
        priority == null ? record.value() : priority + " " + record.value());
  }

  /// Removes every record of the type at that name.
  public void withdraw(DomainName owner, String type) {
    published.remove(new Key(name(owner), Type.value(type)));
  }

  /// Looks a question up.
  Found find(Name question, int type) {
    List<Record> answer = new ArrayList<>();
    Name name = canonical(question);
    for (int hops = 0; hops < 8; hops++) {
      List<Record> exact = published.getOrDefault(new Key(name, type), List.of());
      if (exact.isEmpty() && answersEverywhere(name, type)) {
        exact = List.of(new MXRecord(name, DClass.IN, TTL, 10, MX_NAME));
      }
      answer.addAll(exact);
      List<Record> alias = published.getOrDefault(new Key(name, Type.CNAME), List.of());
      if (!exact.isEmpty() || alias.isEmpty() || type == Type.CNAME) {
        break;
      }
      answer.add(alias.getFirst());
      name = canonical(((CNAMERecord) alias.getFirst()).getTarget());
    }
    return new Found(answer, !answer.isEmpty() || exists(name), authority(name));
  }

  private boolean answersEverywhere(Name name, int type) {
    return type == Type.MX
        && !name.subdomain(ZONE)
        && !belowTop(name, "invalid")
        && !belowTop(name, "arpa")
        && name.labels() > 1
        && name.getLabel(0)[1] != '_'
        && !published.containsKey(new Key(name, Type.A))
        && !published.containsKey(new Key(name, Type.CNAME));
  }

  /// A name exists when it or anything below it has a record (RFC 8020 §2).
  private boolean exists(Name name) {
    return answersEverywhere(name, Type.MX)
        || name.equals(ROOT)
        || published.keySet().stream().anyMatch(key -> key.name().subdomain(name));
  }

  private static SOARecord authority(Name name) {
    Name zone = name.subdomain(ZONE) ? ZONE : ROOT;
    return new SOARecord(zone, DClass.IN, TTL, MX_NAME, MX_NAME, 1, 3600, 600, 86_400, TTL);
  }

  private static boolean belowTop(Name name, String top) {
    int labels = name.labels();
    return labels >= 2 && name.getLabelString(labels - 2).equals(top);
  }

  private static Record record(Name owner, String type, String value) {
    return switch (type) {
      case "MX" -> {
        String[] words = value.strip().split("\\s+", 3);
        if (words.length != 2 || !words[0].matches("\\d{1,5}")) {
          throw new IllegalArgumentException(
              "MX \"%s\" (expected: preference and host, as in 10 mx.example)".formatted(value));
        }
        int preference = Integer.parseInt(words[0]);
        yield new MXRecord(owner, DClass.IN, TTL, preference, name(DomainName.of(words[1])));
      }
      case "TXT" -> new TXTRecord(owner, DClass.IN, TTL, strings(value));
      case "CNAME" -> new CNAMERecord(owner, DClass.IN, TTL, name(DomainName.of(value)));
      case String other ->
          throw new IllegalArgumentException(
              "record type \"%s\" (expected: MX, TXT or CNAME)".formatted(other));
    };
  }

  /// A TXT value in strings of at most 255 octets (RFC 1035 §3.3), escaped as the library reads
  /// them.
  private static List<String> strings(String value) {
    List<String> strings = new ArrayList<>();
    String octets = new String(value.getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    for (int i = 0; i < Math.max(1, octets.length()); i += MAX_STRING) {
      StringBuilder escaped = new StringBuilder();
      for (char c : octets.substring(i, Math.min(octets.length(), i + MAX_STRING)).toCharArray()) {
        if (c == '\\' || c == '"' || c < 0x20 || c > 0x7E) {
          escaped.append("\\%03d".formatted((int) c));
        } else {
          escaped.append(c);
        }
      }
      strings.add(escaped.toString());
    }
    return strings;
  }

  static Name name(DomainName domain) {
    try {
      return Name.fromString(domain.value(), ROOT);
    } catch (TextParseException impossible) {
      throw new IllegalStateException(domain + " was checked to be a name", impossible);
    }
  }

  private static Name canonical(Name name) {
    return name.canonicalize();
  }

  private static InetAddress loopback() {
    try {
      return InetAddress.getByAddress(new byte[] {127, 0, 0, 1});
    } catch (UnknownHostException impossible) {
      throw new IllegalStateException("four octets are an address", impossible);
    }
  }
}

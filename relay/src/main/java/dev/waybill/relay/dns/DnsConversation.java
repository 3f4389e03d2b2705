package dev.waybill.relay.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.xbill.DNS.DClass;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.Type;
import org.xbill.DNS.dnssec.ValidatingResolver;

/// Puts one question to the servers and reads what they say. Any thread may call it; it blocks.
///
/// Each server is asked in turn over UDP (TCP when truncated, RFC 7766 §5), then each once more
/// without EDNS for those that drop it (RFC 6891 §6.2.2). Where answers are to be secure, there is
/// no second time: without EDNS there are no signatures.
final class DnsConversation {
  /// The largest UDP answer that is not fragmented on the way (DNS flag day 2020).
  static final int EDNS_PAYLOAD = 1232;

  private static final Duration LONGEST = Duration.ofDays(1);
  private static final Duration LONGEST_NO = Duration.ofHours(1);

  /// What came out, and how long it may be believed.
  ///
  /// @param failed whether there is no answer because the servers tried and failed (SERVFAIL)
  /// @param secure whether DNSSEC proves it, every alias on the way included (RFC 4035 §4.3)
  record Answer(Lookup<Record> lookup, Duration keep, boolean failed, boolean secure) {
    Answer(Lookup<Record> lookup, Duration keep) {
      this(lookup, keep, false, false);
    }
  }

  /// What a server said.
  ///
  /// @param secure whether the reply has the AD bit
  private record Said(DnsReading reading, boolean secure) {}

  private final List<org.xbill.DNS.Resolver> turns;
  private final Duration turn;

  private DnsConversation(List<org.xbill.DNS.Resolver> turns, Duration turn) {
    this.turns = List.copyOf(turns);
    this.turn = turn;
  }

  /// Believes what the servers say.
  ///
  /// @param timeout for all turns together
  static DnsConversation with(List<InetSocketAddress> servers, Duration timeout) {
    check(servers, timeout);
    Duration turn = timeout.dividedBy(2L * servers.size());
    List<org.xbill.DNS.Resolver> all = new ArrayList<>();
    for (int edns : new int[] {0, -1}) {
      servers.forEach(server -> all.add(server(server, turn, edns, 0)));
    }
    return new DnsConversation(all, turn);
  }

  /// Believes the servers, and their AD bit too.
  static DnsConversation trusting(List<InetSocketAddress> servers, Duration timeout) {
    check(servers, timeout);
    Duration turn = timeout.dividedBy(servers.size());
    List<org.xbill.DNS.Resolver> all = new ArrayList<>();
    servers.forEach(server -> all.add(server(server, turn, 0, ExtendedFlags.DO)));
    return new DnsConversation(all, turn);
  }

  /// Believes nothing that signatures do not prove, up from the anchors.
  static DnsConversation validating(
      List<InetSocketAddress> servers, Duration timeout, TrustAnchors anchors) {
    check(servers, timeout);
    Duration turn = timeout.dividedBy(servers.size());
    List<org.xbill.DNS.Resolver> all = new ArrayList<>();
    for (InetSocketAddress server : servers) {
      // several questions may be needed for one answer; half the time for each leaves room for more
      ValidatingResolver validating =
          new ValidatingResolver(
              new RememberedChain(server(server, turn.dividedBy(2), 0, ExtendedFlags.DO)));
      anchors.loadInto(validating);
      validating.setEDNS(0, EDNS_PAYLOAD, ExtendedFlags.DO, List.of());
      all.add(validating);
    }
    return new DnsConversation(all, turn);
  }

  private static SimpleResolver server(
      InetSocketAddress address, Duration timeout, int edns, int flags) {
    SimpleResolver resolver = new SimpleResolver(address);
    resolver.setTimeout(timeout);
    resolver.setEDNS(edns, EDNS_PAYLOAD, flags, List.of());
    return resolver;
  }

  private static void check(List<InetSocketAddress> servers, Duration timeout) {
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("dns.servers: none (expected: at least one host:port)");
    }
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("DNS time-out %s (expected: positive)".formatted(timeout));
    }
  }

  static Answer noAnswer(String reason) {
    return new Answer(new Lookup.NoAnswer<>(reason), Duration.ZERO);
  }

  /// Follows aliases until the servers have records, say no, or do not say.
  Answer resolve(Name name, int type) {
    return resolve(name, type, false);
  }

  /// As [#resolve], with what does not pass DNSSEC validation too (RFC 4035 §3.2.2, the CD bit).
  Answer resolveUnchecked(Name name, int type) {
    return resolve(name, type, true);
  }

  private Answer resolve(Name name, int type, boolean unchecked) {
    Name asked = name;
    long ttl = LONGEST.toSeconds();
    boolean secure = true;
    for (int query = 0; query < DnsReading.MAX_ALIASES; query++) {
      Said said = send(asked, type, unchecked);
      secure &= said.secure();
      switch (said.reading()) {
        case DnsReading.Unusable(String reason, boolean failed) -> {
          return new Answer(new Lookup.NoAnswer<>(reason), Duration.ZERO, failed, false);
        }
        case DnsReading.Records(List<Record> records, long seconds) -> {
          return new Answer(
              new Lookup.Found<>(records),
              Duration.ofSeconds(Math.min(ttl, seconds)),
              false,
              secure);
        }
        case DnsReading.No(Lookup<Record> no, long seconds) -> {
          long keep = Math.min(LONGEST_NO.toSeconds(), Math.min(ttl, seconds));
          return new Answer(no, Duration.ofSeconds(keep), false, secure);
        }
        case DnsReading.Alias(Name target, long seconds) -> {
          asked = target;
          ttl = Math.min(ttl, seconds);
        }
      }
    }
    return noAnswer("more than %d aliases from %s".formatted(DnsReading.MAX_ALIASES, name));
  }

  private Said send(Name name, int type, boolean unchecked) {
    Message query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
    if (unchecked) {
      query.getHeader().setFlag(Flags.CD);
    }
    String reason = "";
    boolean failed = false;
    for (org.xbill.DNS.Resolver resolver : turns) {
      try {
        Message reply =
            resolver
                .sendAsync(query.clone())
                .toCompletableFuture()
                .get(turn.toNanos(), TimeUnit.NANOSECONDS);
        DnsReading reading = DnsReading.of(reply, name, type);
        if (!(reading instanceof DnsReading.Unusable unusable)) {
          return new Said(reading, reply.getHeader().getFlag(Flags.AD));
        }
        reason = unusable.reason() + whyBogus(reply);
        failed |= unusable.failed();
      } catch (TimeoutException _) {
        reason = "no reply";
      } catch (ExecutionException failure) {
        reason = String.valueOf(failure.getCause());
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return new Said(new DnsReading.Unusable("interrupted", false), false);
      }
    }
    return new Said(
        new DnsReading.Unusable(
            "no answer for %s %s (%s)".formatted(name, Type.string(type), reason), failed),
        false);
  }

  /// What the validator put into a reply that it made up because the real one proves nothing.
  private static String whyBogus(Message reply) {
    for (Record record : reply.getSection(Section.ADDITIONAL)) {
      if (record.getDClass() == ValidatingResolver.VALIDATION_REASON_QCLASS
          && record instanceof TXTRecord why) {
        return ", DNSSEC: " + String.join("", why.getStrings());
      }
    }
    return "";
  }
}

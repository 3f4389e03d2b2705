package dev.waybill.relay.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Record;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/// Puts one question to the servers and reads what they say. Any thread may call it; it blocks.
///
/// Each server is asked in turn over UDP (TCP when truncated, RFC 7766 §5), then each once more
/// without EDNS for those that drop it (RFC 6891 §6.2.2).
final class DnsConversation {
  /// The largest UDP answer that is not fragmented on the way (DNS flag day 2020).
  static final int EDNS_PAYLOAD = 1232;

  private static final Duration LONGEST = Duration.ofDays(1);
  private static final Duration LONGEST_NO = Duration.ofHours(1);

  /// What came out, and how long it may be believed.
  ///
  /// @param failed whether there is no answer because the servers tried and failed (SERVFAIL)
  record Answer(Lookup<Record> lookup, Duration keep, boolean failed) {
    Answer(Lookup<Record> lookup, Duration keep) {
      this(lookup, keep, false);
    }
  }

  private final List<SimpleResolver> turns;
  private final Duration turn;

  DnsConversation(List<InetSocketAddress> servers, Duration timeout) {
    if (servers.isEmpty()) {
      throw new IllegalArgumentException("dns.servers: none (expected: at least one host:port)");
    }
    if (!timeout.isPositive()) {
      throw new IllegalArgumentException("DNS time-out %s (expected: positive)".formatted(timeout));
    }
    this.turn = timeout.dividedBy(2L * servers.size());
    List<SimpleResolver> all = new ArrayList<>();
    for (int edns : new int[] {0, -1}) {
      for (InetSocketAddress server : servers) {
        SimpleResolver resolver = new SimpleResolver(server);
        resolver.setTimeout(turn);
        resolver.setEDNS(edns, EDNS_PAYLOAD, 0, List.of());
        all.add(resolver);
      }
    }
    this.turns = List.copyOf(all);
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
    for (int query = 0; query < DnsReading.MAX_ALIASES; query++) {
      DnsReading reading = send(asked, type, unchecked);
      switch (reading) {
        case DnsReading.Unusable(String reason, boolean failed) -> {
          return new Answer(new Lookup.NoAnswer<>(reason), Duration.ZERO, failed);
        }
        case DnsReading.Records(List<Record> records, long seconds) -> {
          return new Answer(
              new Lookup.Found<>(records), Duration.ofSeconds(Math.min(ttl, seconds)));
        }
        case DnsReading.No(Lookup<Record> no, long seconds) -> {
          long keep = Math.min(LONGEST_NO.toSeconds(), Math.min(ttl, seconds));
          return new Answer(no, Duration.ofSeconds(keep));
        }
        case DnsReading.Alias(Name target, long seconds) -> {
          asked = target;
          ttl = Math.min(ttl, seconds);
        }
      }
    }
    return noAnswer("more than %d aliases from %s".formatted(DnsReading.MAX_ALIASES, name));
  }

  private DnsReading send(Name name, int type, boolean unchecked) {
    Message query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
    if (unchecked) {
      query.getHeader().setFlag(Flags.CD);
    }
    String reason = "";
    boolean failed = false;
    for (SimpleResolver resolver : turns) {
      try {
        Message reply =
            resolver
                .sendAsync(query.clone())
                .toCompletableFuture()
                .get(turn.toNanos(), TimeUnit.NANOSECONDS);
        DnsReading reading = DnsReading.of(reply, name, type);
        if (!(reading instanceof DnsReading.Unusable unusable)) {
          return reading;
        }
        reason = unusable.reason();
        failed |= unusable.failed();
      } catch (TimeoutException _) {
        reason = "no reply";
      } catch (ExecutionException failure) {
        reason = String.valueOf(failure.getCause());
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return new DnsReading.Unusable("interrupted", false);
      }
    }
    return new DnsReading.Unusable(
        "no answer for %s %s (%s)".formatted(name, Type.string(type), reason), failed);
  }
}

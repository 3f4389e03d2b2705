package dev.waybill.relay.dns;

import java.net.InetSocketAddress;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.DClass;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.Type;

/// Puts one question to the servers and reads what they say. Any thread may call it; it blocks.
///
/// Each server is asked in turn over UDP (TCP when truncated, RFC 7766 §5), then each once more
/// without EDNS for those that drop it (RFC 6891 §6.2.2).
final class DnsConversation {
  /// The largest UDP answer that is not fragmented on the way (DNS flag day 2020).
  private static final int EDNS_PAYLOAD = 1232;

  private static final int MAX_QUERIES = 8;
  private static final Duration LONGEST = Duration.ofDays(1);
  private static final Duration LONGEST_NO = Duration.ofHours(1);

  /// What came out, and how long it may be believed.
  record Answer(Lookup<Record> lookup, Duration keep) {}

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
    Name asked = name;
    long ttl = LONGEST.toSeconds();
    for (int query = 0; query < MAX_QUERIES; query++) {
      Reading reading = send(asked, type);
      switch (reading) {
        case Reading.Unusable(String reason) -> {
          return noAnswer(reason);
        }
        case Reading.Records(List<Record> records, long seconds) -> {
          return new Answer(
              new Lookup.Found<>(records), Duration.ofSeconds(Math.min(ttl, seconds)));
        }
        case Reading.No(Lookup<Record> no, long seconds) -> {
          long keep = Math.min(LONGEST_NO.toSeconds(), Math.min(ttl, seconds));
          return new Answer(no, Duration.ofSeconds(keep));
        }
        case Reading.Alias(Name target, long seconds) -> {
          asked = target;
          ttl = Math.min(ttl, seconds);
        }
      }
    }
    return noAnswer("more than %d aliases from %s".formatted(MAX_QUERIES, name));
  }

  /// What one reply says about the question.
  private sealed interface Reading {
    record Records(List<Record> records, long seconds) implements Reading {}

    record Alias(Name target, long seconds) implements Reading {}

    record No(Lookup<Record> lookup, long seconds) implements Reading {}

    record Unusable(String reason) implements Reading {}
  }

  private Reading send(Name name, int type) {
    Message query = Message.newQuery(Record.newRecord(name, type, DClass.IN));
    String reason = "";
    for (SimpleResolver resolver : turns) {
      try {
        Message reply =
            resolver
                .sendAsync(query.clone())
                .toCompletableFuture()
                .get(turn.toNanos(), TimeUnit.NANOSECONDS);
        Reading reading = read(reply, name, type);
        if (!(reading instanceof Reading.Unusable(String why))) {
          return reading;
        }
        reason = why;
      } catch (TimeoutException _) {
        reason = "no reply";
      } catch (ExecutionException failure) {
        reason = String.valueOf(failure.getCause());
      } catch (InterruptedException _) {
        Thread.currentThread().interrupt();
        return new Reading.Unusable("interrupted");
      }
    }
    return new Reading.Unusable(
        "the DNS did not answer for %s %s (%s)".formatted(name, Type.string(type), reason));
  }

  private static Reading read(Message reply, Name name, int type) {
    int rcode = reply.getHeader().getRcode();
    if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
      return new Reading.Unusable(Rcode.string(rcode));
    }
    if (reply.getHeader().getFlag(Flags.TC)) {
      return new Reading.Unusable("truncated reply");
    }
    List<Record> answers = reply.getSection(Section.ANSWER);
    Name at = name;
    long ttl = Long.MAX_VALUE;
    for (int hop = 0; hop < MAX_QUERIES; hop++) {
      List<Record> records = matching(answers, at, type);
      if (!records.isEmpty()) {
        long least = records.stream().mapToLong(Record::getTTL).min().orElse(0);
        return new Reading.Records(records, Math.min(ttl, least));
      }
      List<Record> aliases = matching(answers, at, Type.CNAME);
      if (aliases.isEmpty() || !(aliases.getFirst() instanceof CNAMERecord alias)) {
        break;
      }
      ttl = Math.min(ttl, alias.getTTL());
      at = alias.getTarget();
      if (at.equals(name)) {
        return new Reading.Unusable("an alias that leads back to itself");
      }
    }
    if (!at.equals(name)) {
      // The code speaks of the last name of the chain (RFC 2308 §2.1): ask about that one by
      // itself.
      return new Reading.Alias(at, ttl);
    }
    return no(reply, rcode);
  }

  /// An empty reply is a "no" only from somebody who can know: an authority, or a server that
  /// looked.
  private static Reading no(Message reply, int rcode) {
    SOARecord soa = soa(reply);
    boolean knows =
        soa != null || reply.getHeader().getFlag(Flags.AA) || reply.getHeader().getFlag(Flags.RA);
    if (!knows) {
      return new Reading.Unusable("referral instead of an answer");
    }
    long seconds = soa == null ? 0 : Math.min(soa.getTTL(), soa.getMinimum());
    return new Reading.No(
        rcode == Rcode.NXDOMAIN ? new Lookup.NoSuchName<>() : new Lookup.NoRecord<>(), seconds);
  }

  private static @Nullable SOARecord soa(Message reply) {
    for (Record record : reply.getSection(Section.AUTHORITY)) {
      if (record instanceof SOARecord soa) {
        return soa;
      }
    }
    return null;
  }

  private static List<Record> matching(List<Record> records, Name name, int type) {
    return records.stream()
        .filter(record -> record.getType() == type && record.getName().equals(name))
        .toList();
  }
}

package dev.waybill.relay.dns;

import java.util.List;
import org.jspecify.annotations.Nullable;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.Flags;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.SOARecord;
import org.xbill.DNS.Section;
import org.xbill.DNS.Type;

/// What one reply says about the question. A value.
sealed interface DnsReading {
  /// How many aliases are followed.
  int MAX_ALIASES = 8;

  record Records(List<Record> records, long seconds) implements DnsReading {}

  record Alias(Name target, long seconds) implements DnsReading {}

  record No(Lookup<Record> lookup, long seconds) implements DnsReading {}

  /// @param failed whether the server tried and failed (SERVFAIL), as it does for a bogus signature
  record Unusable(String reason, boolean failed) implements DnsReading {}

  /// Reads a resolver's reply, which may hold a whole chain of aliases.
  static DnsReading of(Message reply, Name name, int type) {
    Unusable unusable = unusable(reply);
    if (unusable != null) {
      return unusable;
    }
    List<Record> answers = reply.getSection(Section.ANSWER);
    Name at = name;
    long ttl = Long.MAX_VALUE;
    for (int hop = 0; hop < MAX_ALIASES; hop++) {
      List<Record> records = matching(answers, at, type);
      if (!records.isEmpty()) {
        return new Records(records, Math.min(ttl, ttl(records)));
      }
      List<Record> aliases = matching(answers, at, Type.CNAME);
      if (aliases.isEmpty() || !(aliases.getFirst() instanceof CNAMERecord alias)) {
        break;
      }
      ttl = Math.min(ttl, alias.getTTL());
      at = alias.getTarget();
      if (at.equals(name)) {
        return new Unusable("an alias that leads back to itself", false);
      }
    }
    if (!at.equals(name)) {
      // The code speaks of the last name of the chain (RFC 2308 §2.1): ask about that one by
      // itself.
      return new Alias(at, ttl);
    }
    return no(reply);
  }

  /// Reads what a zone's own server says about a name of its zone; where an alias leads is not its
  /// to say.
  static DnsReading ofAuthority(Message reply, Name name, int type) {
    Unusable unusable = unusable(reply);
    if (unusable != null) {
      return unusable;
    }
    if (!reply.getHeader().getFlag(Flags.AA)) {
      return new Unusable("not an authority", false);
    }
    List<Record> answers = reply.getSection(Section.ANSWER);
    List<Record> records = matching(answers, name, type);
    if (!records.isEmpty()) {
      return new Records(records, ttl(records));
    }
    List<Record> aliases = matching(answers, name, Type.CNAME);
    return !aliases.isEmpty() && aliases.getFirst() instanceof CNAMERecord alias
        ? new Alias(alias.getTarget(), alias.getTTL())
        : no(reply);
  }

  private static @Nullable Unusable unusable(Message reply) {
    int rcode = reply.getHeader().getRcode();
    if (rcode != Rcode.NOERROR && rcode != Rcode.NXDOMAIN) {
      return new Unusable(Rcode.string(rcode), rcode == Rcode.SERVFAIL);
    }
    return reply.getHeader().getFlag(Flags.TC) ? new Unusable("truncated reply", false) : null;
  }

  /// An empty reply is a "no" only from somebody who can know: an authority, or a server that
  /// looked.
  private static DnsReading no(Message reply) {
    SOARecord soa = soa(reply);
    boolean knows =
        soa != null || reply.getHeader().getFlag(Flags.AA) || reply.getHeader().getFlag(Flags.RA);
    if (!knows) {
      return new Unusable("referral instead of an answer", false);
    }
    long seconds = soa == null ? 0 : Math.min(soa.getTTL(), soa.getMinimum());
    boolean nameless = reply.getHeader().getRcode() == Rcode.NXDOMAIN;
    return new No(nameless ? new Lookup.NoSuchName<>() : new Lookup.NoRecord<>(), seconds);
  }

  private static @Nullable SOARecord soa(Message reply) {
    for (Record record : reply.getSection(Section.AUTHORITY)) {
      if (record instanceof SOARecord soa) {
        return soa;
      }
    }
    return null;
  }

  private static long ttl(List<Record> records) {
    return records.stream().mapToLong(Record::getTTL).min().orElse(0);
  }

  private static List<Record> matching(List<Record> records, Name name, int type) {
    return records.stream()
        .filter(record -> record.getType() == type && record.getName().equals(name))
        .toList();
  }
}

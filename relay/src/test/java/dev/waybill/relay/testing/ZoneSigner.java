package dev.waybill.relay.testing;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.spec.ECGenParameterSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import org.xbill.DNS.DClass;
import org.xbill.DNS.DNSKEYRecord;
import org.xbill.DNS.DNSSEC;
import org.xbill.DNS.ExtendedFlags;
import org.xbill.DNS.Message;
import org.xbill.DNS.NSECRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.NameTooLongException;
import org.xbill.DNS.RRset;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/// Signs a DNS server's replies as one root zone with a key of its own (RFC 4034), denials with
/// NSEC records made for each question. Any thread may use it.
public final class ZoneSigner {
  private static final int ZONE_KEY = 257;
  private static final int DNSSEC_PROTOCOL = 3;
  private static final Name JUST_BEHIND = name("\\000");

  private final KeyPair pair;
  private final DNSKEYRecord key;
  private final Set<Name> unsigned = ConcurrentHashMap.newKeySet();
  private final Set<Name> forged = ConcurrentHashMap.newKeySet();

  public ZoneSigner() throws GeneralSecurityException, DNSSEC.DNSSECException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec("secp256r1"));
    this.pair = generator.generateKeyPair();
    this.key =
        new DNSKEYRecord(
            Name.root,
            DClass.IN,
            60,
            ZONE_KEY,
            DNSSEC_PROTOCOL,
            DNSSEC.Algorithm.ECDSAP256SHA256,
            pair.getPublic());
  }

  /// Writes the key down for those who are to trust it.
  public Path anchors(Path folder) throws IOException {
    return Files.writeString(folder.resolve("anchors"), key + "\n");
  }

  /// From now on this is a zone of its own without signatures.
  public ZoneSigner unsigned(String zone) {
    unsigned.add(name(zone));
    return this;
  }

  /// From now on signatures at this name are wrong.
  public ZoneSigner forging(String name) {
    forged.add(name(name));
    return this;
  }

  /// Adds signatures for those who ask for them.
  ///
  /// @param there the types that there are at the name
  void sign(Message query, Message reply, Set<Integer> there) throws DNSSEC.DNSSECException {
    boolean wanted = query.getOPT() != null && (query.getOPT().getFlags() & ExtendedFlags.DO) != 0;
    if (!wanted || reply.getHeader().getRcode() == Rcode.SERVFAIL) {
      return;
    }
    Name asked = query.getQuestion().getName();
    boolean cut = unsigned.contains(asked) && query.getQuestion().getType() == Type.DS;
    Optional<Name> island = unsigned.stream().filter(asked::subdomain).findFirst();
    if (!cut && island.isPresent()) {
      withOwnDenial(reply, island.get());
      return;
    }
    if (asked.equals(Name.root) && query.getQuestion().getType() == Type.DNSKEY) {
      reply.removeAllRecords(Section.AUTHORITY);
      reply.getHeader().setRcode(Rcode.NOERROR);
      reply.addRecord(key, Section.ANSWER);
    }
    if (reply.getSection(Section.ANSWER).isEmpty()) {
      reply.getHeader().setRcode(Rcode.NOERROR);
      reply.addRecord(denial(asked, cut ? Set.of(Type.NS) : there), Section.AUTHORITY);
    }
    sign(reply, Section.ANSWER);
    sign(reply, Section.AUTHORITY);
  }

  /// What an unsigned zone denies, it denies by its own SOA record.
  private static void withOwnDenial(Message reply, Name zone) {
    for (Record record : reply.getSection(Section.AUTHORITY)) {
      if (record.getType() == Type.SOA) {
        reply.removeRecord(record, Section.AUTHORITY);
        reply.addRecord(record.withName(zone), Section.AUTHORITY);
      }
    }
  }

  private static Record denial(Name asked, Set<Integer> there) {
    Set<Integer> types = new TreeSet<>(there);
    types.addAll(List.of(Type.NSEC, Type.RRSIG));
    try {
      return new NSECRecord(
          asked,
          DClass.IN,
          30,
          Name.concatenate(JUST_BEHIND, asked),
          types.stream().mapToInt(Integer::intValue).toArray());
    } catch (NameTooLongException tooLong) {
      throw new IllegalStateException(tooLong);
    }
  }

  private void sign(Message reply, int section) throws DNSSEC.DNSSECException {
    Map<String, RRset> sets = new LinkedHashMap<>();
    for (Record record : reply.getSection(section)) {
      boolean cut = record.getType() == Type.NSEC || record.getType() == Type.SOA;
      if (!cut && unsigned.stream().anyMatch(record.getName()::subdomain)) {
        continue;
      }
      sets.computeIfAbsent(record.getName() + " " + record.getType(), _ -> new RRset())
          .addRR(record);
    }
    Instant now = Instant.now();
    for (RRset set : sets.values()) {
      Instant from = now.minus(Duration.ofHours(1));
      if (forged.contains(set.getName())) {
        RRset other = new RRset();
        set.rrs().forEach(record -> other.addRR(record));
        // the signature of a set that has run out
        reply.addRecord(
            DNSSEC.sign(other, key, pair.getPrivate(), from, now.minus(Duration.ofMinutes(30))),
            section);
      } else {
        reply.addRecord(
            DNSSEC.sign(set, key, pair.getPrivate(), from, now.plus(Duration.ofHours(1))), section);
      }
    }
  }

  private static Name name(String text) {
    try {
      return text.startsWith("\\") ? Name.fromString(text) : Name.fromString(text, Name.root);
    } catch (TextParseException malformed) {
      throw new IllegalArgumentException(text, malformed);
    }
  }
}

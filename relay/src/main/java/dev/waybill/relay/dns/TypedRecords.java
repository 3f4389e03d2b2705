package dev.waybill.relay.dns;

import dev.waybill.relay.message.DomainName;
import java.net.InetAddress;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.xbill.DNS.AAAARecord;
import org.xbill.DNS.ARecord;
import org.xbill.DNS.CNAMERecord;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Name;
import org.xbill.DNS.PTRRecord;
import org.xbill.DNS.Record;
import org.xbill.DNS.ReverseMap;
import org.xbill.DNS.TLSARecord;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/// Turns raw records into what the rest of the house reads. Any thread may call it; it blocks.
abstract class TypedRecords implements PublishedRecords {
  /// Puts one question, aliases followed.
  abstract CompletableFuture<Lookup<Record>> ask(DomainName name, int type);

  /// The name's MX records, in the order of the answer.
  @Override
  public Lookup<Mx> mx(DomainName name) {
    return convert(
        ask(name, Type.MX).join(),
        record ->
            record instanceof MXRecord mx
                ? Optional.of(new Mx(mx.getPriority(), text(mx.getTarget())))
                : Optional.empty());
  }

  /// The name's IPv4 and IPv6 addresses. One family is enough to be found; "no" needs both to say
  /// so.
  @Override
  public Lookup<InetAddress> addresses(DomainName name) {
    CompletableFuture<Lookup<Record>> four = ask(name, Type.A);
    CompletableFuture<Lookup<Record>> six = ask(name, Type.AAAA);
    return both(
        convert(four.join(), TypedRecords::address), convert(six.join(), TypedRecords::address));
  }

  /// Each record's strings joined (RFC 7208 §3.3, RFC 6376 §3.6.2.2).
  @Override
  public Lookup<String> texts(DomainName name) {
    return convert(
        ask(name, Type.TXT).join(),
        record -> record instanceof TXTRecord txt ? Optional.of(joined(txt)) : Optional.empty());
  }

  /// The name's own CNAME target, not followed.
  @Override
  public Lookup<DomainName> alias(DomainName name) {
    return convert(
        ask(name, Type.CNAME).join(),
        record ->
            record instanceof CNAMERecord cname
                ? DomainName.parse(text(cname.getTarget()))
                : Optional.empty());
  }

  /// The names that the address's owner gave it, in the order of the answer (RFC 1035 §3.5).
  public Lookup<DomainName> names(InetAddress address) {
    DomainName reverse = DomainName.of(ReverseMap.fromAddress(address).toString(true));
    return convert(
        ask(reverse, Type.PTR).join(),
        record ->
            record instanceof PTRRecord ptr
                ? DomainName.parse(text(ptr.getTarget()))
                : Optional.empty());
  }

  /// The name's TLSA records, in the order of the answer (RFC 6698 §2).
  public Lookup<Tlsa> tlsa(DomainName name) {
    return convert(
        ask(name, Type.TLSA).join(),
        record ->
            record instanceof TLSARecord tlsa
                ? Optional.of(
                    Tlsa.of(
                        tlsa.getCertificateUsage(),
                        tlsa.getSelector(),
                        tlsa.getMatchingType(),
                        tlsa.getCertificateAssociationData()))
                : Optional.empty());
  }

  static Name absolute(DomainName domain) {
    try {
      return Name.fromString(domain.value(), Name.root);
    } catch (TextParseException impossible) {
      throw new IllegalArgumentException("domain name " + domain, impossible);
    }
  }

  private static <T> Lookup<T> convert(
      Lookup<Record> lookup, Function<Record, Optional<T>> conversion) {
    return switch (lookup) {
      case Lookup.Found<Record>(List<Record> records) -> {
        List<T> converted = records.stream().map(conversion).flatMap(Optional::stream).toList();
        yield converted.isEmpty()
            ? new Lookup.NoAnswer<>("the DNS answered with unusable data: " + records.getFirst())
            : new Lookup.Found<>(converted);
      }
      case Lookup.NoRecord<Record> _ -> new Lookup.NoRecord<>();
      case Lookup.NoSuchName<Record> _ -> new Lookup.NoSuchName<>();
      case Lookup.NoAnswer<Record>(String reason) -> new Lookup.NoAnswer<>(reason);
      case Lookup.Unproven<Record>(String reason) -> new Lookup.Unproven<>(reason);
    };
  }

  private static Lookup<InetAddress> both(Lookup<InetAddress> four, Lookup<InetAddress> six) {
    List<InetAddress> found = new ArrayList<>();
    if (four instanceof Lookup.Found<InetAddress>(List<InetAddress> addresses)) {
      found.addAll(addresses);
    }
    if (six instanceof Lookup.Found<InetAddress>(List<InetAddress> addresses)) {
      found.addAll(addresses);
    }
    if (!found.isEmpty()) {
      return new Lookup.Found<>(found);
    }
    if (isUnsaid(four)) {
      return four;
    }
    return isUnsaid(six) || four.equals(six)
        ? six
        : new Lookup.NoAnswer<>("the DNS contradicts itself: the name exists and does not exist");
  }

  private static boolean isUnsaid(Lookup<InetAddress> lookup) {
    return lookup instanceof Lookup.NoAnswer || lookup instanceof Lookup.Unproven;
  }

  private static Optional<InetAddress> address(Record record) {
    return switch (record) {
      case ARecord a -> Optional.of(a.getAddress());
      case AAAARecord aaaa -> Optional.of(aaaa.getAddress());
      default -> Optional.empty();
    };
  }

  private static String joined(TXTRecord txt) {
    StringBuilder all = new StringBuilder();
    for (byte[] part : txt.getStringsAsByteArrays()) {
      all.append(new String(part, StandardCharsets.UTF_8));
    }
    return all.toString();
  }

  private static String text(Name name) {
    return name.equals(Name.root) ? "" : name.toString(true).toLowerCase(Locale.ROOT);
  }
}

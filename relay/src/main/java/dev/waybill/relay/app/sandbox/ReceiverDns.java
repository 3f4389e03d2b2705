package dev.waybill.relay.app.sandbox;

import dev.waybill.relay.message.DomainName;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.xbill.DNS.DClass;
import org.xbill.DNS.MXRecord;
import org.xbill.DNS.Message;
import org.xbill.DNS.Name;
import org.xbill.DNS.Rcode;
import org.xbill.DNS.Record;
import org.xbill.DNS.Section;
import org.xbill.DNS.SimpleResolver;
import org.xbill.DNS.TXTRecord;
import org.xbill.DNS.TextParseException;
import org.xbill.DNS.Type;

/// The receiving side's own look-ups: no cache, so that a verdict shows the DNS as it is now.
///
/// Any thread may call it; it blocks for at most a few seconds.
final class ReceiverDns {
  private static final Duration TIMEOUT = Duration.ofSeconds(2);

  private final SimpleResolver resolver;

  ReceiverDns(InetSocketAddress server) {
    this.resolver = new SimpleResolver(server);
    resolver.setTimeout(TIMEOUT);
  }

  /// The records of that name and type, aliases followed; empty for none.
  ///
  /// @throws IOException when the DNS does not say
  List<Record> find(String name, int type) throws IOException {
    Name absolute;
    try {
      absolute = Name.fromString(name, Name.root);
    } catch (TextParseException noName) {
      return List.of();
    }
    Message answer = resolver.send(Message.newQuery(Record.newRecord(absolute, type, DClass.IN)));
    int code = answer.getRcode();
    if (code != Rcode.NOERROR && code != Rcode.NXDOMAIN) {
      throw new IOException("the DNS answered " + Rcode.string(code) + " for " + name);
    }
    return answer.getSection(Section.ANSWER).stream()
        .filter(record -> record.getType() == type)
        .toList();
  }

  /// Each TXT record with its strings joined.
  List<String> texts(String name) throws IOException {
    return find(name, Type.TXT).stream()
        .map(record -> {
          StringBuilder joined = new StringBuilder();
          for (byte[] part : ((TXTRecord) record).getStringsAsByteArrays()) {
            joined.append(new String(part, StandardCharsets.UTF_8));
          }
          return joined.toString();
        })
        .toList();
  }

  /// The best MX host.
  Optional<String> mailHost(DomainName domain) throws IOException {
    return find(domain.value(), Type.MX).stream()
        .map(MXRecord.class::cast)
        .min(Comparator.comparingInt(MXRecord::getPriority))
        .map(mx -> mx.getTarget().toString(true));
  }
}

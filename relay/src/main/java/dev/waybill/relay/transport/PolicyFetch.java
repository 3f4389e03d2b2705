package dev.waybill.relay.transport;

import dev.waybill.relay.dns.PublishedRecords;
import dev.waybill.relay.message.DomainName;
import java.net.InetAddress;
import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.function.Predicate;
import javax.net.ssl.SSLSocketFactory;

/// Fetches the text of a policy from `https://mta-sts.<domain>/.well-known/mta-sts.txt` (RFC 8461
/// §3.3). Any thread may call it; it blocks.
final class PolicyFetch {
  private static final String PATH = "/.well-known/mta-sts.txt";
  private static final String FIELDS = "Accept: text/plain\r\n";

  /// What came of it.
  sealed interface Fetched {
    record Text(String text) implements Fetched {}

    /// @param untrusted whether the host's TLS is what failed
    record Nothing(String reason, boolean untrusted) implements Fetched {}
  }

  private final GuardedHttps https;
  private final int port;

  /// @param dns finds the host
  /// @param permitted which addresses may be called on
  /// @param tls trusts the authorities that count
  /// @param port 443 but for tests
  /// @param limit for the whole exchange with one address
  PolicyFetch(
      PublishedRecords dns,
      Predicate<InetAddress> permitted,
      SSLSocketFactory tls,
      int port,
      Duration limit) {
    this.https = new GuardedHttps(dns, permitted, tls, limit, StsPolicy.MAX_OCTETS);
    this.port = port;
  }

  Fetched fetch(DomainName domain) {
    Optional<DomainName> host = DomainName.parse("mta-sts." + domain);
    if (host.isEmpty()) {
      return new Fetched.Nothing("mta-sts.%s is too long for a name".formatted(domain), false);
    }
    return switch (https.call(
        new GuardedHttps.Request("GET", host.get(), port, PATH, FIELDS, new byte[0]))) {
      case GuardedHttps.Answer.Nothing(String reason, boolean untrusted) ->
          new Fetched.Nothing(reason, untrusted);
      case GuardedHttps.Answer.Response response -> judge(host.get(), response);
    };
  }

  private static Fetched judge(DomainName host, GuardedHttps.Answer.Response response) {
    if (response.status() != 200) {
      return new Fetched.Nothing(
          "%s: status %d (expected: 200)".formatted(host, response.status()), false);
    }
    String type = response.type();
    String bare = type.split(";", 2)[0].strip().toLowerCase(Locale.ROOT);
    if (!bare.equals("text/plain")) {
      return new Fetched.Nothing(
          "%s: content type %s (expected: text/plain)"
              .formatted(host, type.length() > 60 ? type.substring(0, 60) : type),
          false);
    }
    return new Fetched.Text(response.text());
  }
}

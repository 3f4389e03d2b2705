package dev.waybill.relay.transport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.smtp.TrustedAuthorities;
import dev.waybill.relay.testing.IssuedCertificate;
import dev.waybill.relay.testing.PolicyHost;
import dev.waybill.relay.testing.ZoneInMemory;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;
import java.util.function.Predicate;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// A policy by HTTPS from a real server, which may want no good.
class PolicyFetchTest {
  private static final DomainName DOMAIN = DomainName.of("a.example");

  @TempDir private Path folder;
  private final ZoneInMemory dns = new ZoneInMemory();
  private IssuedCertificate certificate;
  private PolicyHost host;

  @BeforeEach
  void start() throws Exception {
    certificate = IssuedCertificate.of(folder, "mta-sts.a.example");
    host = new PolicyHost(certificate.context());
    dns.address("mta-sts.a.example", "127.0.0.1");
    dns.address("mta-sts.other.example", "127.0.0.1");
  }

  @AfterEach
  void stop() throws IOException {
    host.close();
  }

  private PolicyFetch fetch(Predicate<InetAddress> permitted, Duration limit, Optional<Path> pem)
      throws Exception {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {TrustedAuthorities.of(pem)}, null);
    return new PolicyFetch(dns, permitted, context.getSocketFactory(), host.port(), limit);
  }

  private PolicyFetch.Fetched fetched(DomainName domain) throws Exception {
    return fetch(_ -> true, Duration.ofSeconds(20), Optional.of(certificate.pem())).fetch(domain);
  }

  private void getsNothing(PolicyFetch.Fetched fetched, String reason) {
    assertThat(fetched)
        .isInstanceOfSatisfying(
            PolicyFetch.Fetched.Nothing.class,
            nothing -> assertThat(nothing.reason()).contains(reason));
  }

  @Test
  void fetchesTheTextFromTheWellKnownPlace() throws Exception {
    host.policy("a.example", "version: STSv1", "mode: none", "max_age: 1");
    assertThat(fetched(DOMAIN))
        .isEqualTo(new PolicyFetch.Fetched.Text("version: STSv1\nmode: none\nmax_age: 1\n"));
    assertThat(host.requests())
        .containsExactly("GET /.well-known/mta-sts.txt HTTP/1.1 mta-sts.a.example");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nTransfer-Encoding: chunked\r\n\r\n"
            + "3\r\nabc\r\n0\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Type: TEXT/Plain;charset=us-ascii\r\n\r\nabc",
        "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nabc",
        "HTTP/1.1 103 Early Hints\r\n\r\n"
            + "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 3\r\n\r\nabc"
      })
  void readsEveryWayToFrameIt(String octets) throws Exception {
    host.answers("a.example", octets);
    assertThat(fetched(DOMAIN)).isEqualTo(new PolicyFetch.Fetched.Text("abc"));
  }

  @Test
  void followsNoRedirectAndTakesNoOtherType() throws Exception {
    host.answers("a.example", "HTTP/1.1 302 Found\r\nLocation: https://evil.example/\r\n\r\n");
    getsNothing(fetched(DOMAIN), "status 302 (expected: 200)");
    host.answers("a.example", "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\nabc");
    getsNothing(fetched(DOMAIN), "content type text/html (expected: text/plain)");
    host.answers("a.example", "HTTP/1.1 200 OK\r\n\r\nabc");
    getsNothing(fetched(DOMAIN), "content type none");
    assertThat(host.requests()).hasSize(3);
  }

  @Test
  void isBoundedInOctetsAndTime() throws Exception {
    String head = "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\n";
    String large = "x".repeat(StsPolicy.MAX_OCTETS + 1);
    host.answers("a.example", head + "\r\n" + large);
    getsNothing(fetched(DOMAIN), "more than 65536 octets");
    host.answers("a.example", head + "Content-Length: 99999999\r\n\r\n" + large);
    getsNothing(fetched(DOMAIN), "more than 65536 octets");
    host.answers("a.example", "HTTP/1.1 200 OK\r\nX: " + large + "\r\n\r\nabc");
    assertThat(fetched(DOMAIN)).isInstanceOf(PolicyFetch.Fetched.Nothing.class);
    host.answers("a.example", head + "Content-Length: 10\r\n\r\nabc");
    getsNothing(fetched(DOMAIN), "the answer is cut short");
    host.answers("a.example", "SSH-2.0-x\r\n");
    assertThat(fetched(DOMAIN)).isInstanceOf(PolicyFetch.Fetched.Nothing.class);
    host.silent(true);
    getsNothing(
        fetch(_ -> true, Duration.ofMillis(500), Optional.of(certificate.pem())).fetch(DOMAIN),
        "nothing complete within PT0.5S");
  }

  @Test
  void wantsACertificateThatIsValidForTheName() throws Exception {
    host.policy("a.example", "abc").policy("other.example", "abc");
    assertThat(fetched(DomainName.of("other.example")))
        .isInstanceOf(PolicyFetch.Fetched.Nothing.class);
    assertThat(fetch(_ -> true, Duration.ofSeconds(20), Optional.empty()).fetch(DOMAIN))
        .isInstanceOf(PolicyFetch.Fetched.Nothing.class);
    assertThat(host.requests()).isEmpty();
  }

  @Test
  void callsOnNoAddressThatMailMayNotGoTo() throws Exception {
    host.policy("a.example", "abc");
    getsNothing(
        fetch(address -> !address.isLoopbackAddress(), Duration.ofSeconds(20), Optional.empty())
            .fetch(DOMAIN),
        "127.0.0.1 is not a public address");
    assertThat(host.requests()).isEmpty();
    getsNothing(fetched(DomainName.of("nowhere.example")), "has no address");
    getsNothing(fetched(DomainName.of("b.".repeat(120) + "example")), "too long");
  }
}

package dev.waybill.relay.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.testing.IssuedCertificate;
import dev.waybill.relay.testing.ScriptedMailHost;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What each policy lets through, with real handshakes; and which of a host's addresses is taken.
class TlsPoliciesTest {
  private static final String HOST = "mx.a.example";
  private static final Instant YESTERDAY = Instant.now().minus(Duration.ofDays(1));
  private static final DomainName NEXT_HOP = DomainName.of("a.example");

  @TempDir private Path folder;
  private ScriptedMailHost host;
  private SmtpClient client;

  @BeforeEach
  void start() throws IOException {
    host = new ScriptedMailHost("127.0.0.1", 0);
    client = client(Optional.empty());
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    host.close();
  }

  private static SmtpClient client(Optional<Path> trusted) {
    return new SmtpClient(
        "relay.example.com",
        ClientTimeouts.uniform(Duration.ofSeconds(10)),
        trusted,
        System::nanoTime);
  }

  private static CertificateAssociation association(String tlsa) {
    String[] words = tlsa.split(" ", -1);
    return CertificateAssociation.of(
            Integer.parseInt(words[0]),
            Integer.parseInt(words[1]),
            Integer.parseInt(words[2]),
            HexFormat.of().parseHex(words[3]))
        .orElseThrow();
  }

  private static TlsPolicy dane(String... tlsa) {
    Set<CertificateAssociation> all = new HashSet<>();
    for (String each : tlsa) {
      all.add(association(each));
    }
    return new TlsPolicy.Dane(all, List.of(DomainName.of(HOST)), NEXT_HOP);
  }

  private Opening open(TlsPolicy policy) {
    return open(client, policy);
  }

  private Opening open(SmtpClient with, TlsPolicy policy) {
    return with.open(HOST, host.address(), Optional.empty(), policy);
  }

  private void opens(TlsPolicy policy) {
    assertThat(open(policy))
        .as("%s", policy)
        .isInstanceOfSatisfying(
            Opening.Ready.class,
            ready -> {
              assertThat(ready.session().isVerified()).isTrue();
              assertThat(ready.session().onlyFor()).isEmpty();
              ready.session().close();
            });
  }

  private void fails(TlsPolicy policy, String reason) {
    assertThat(open(policy))
        .as("%s", policy)
        .isInstanceOfSatisfying(
            Opening.Failed.class,
            failed -> {
              assertThat(failed.inTls()).isTrue();
              assertThat(failed.reason()).contains(reason);
            });
  }

  @Test
  void trustsTheHostThatARecordSpeaksOfWhateverItsNamesAndDates() throws Exception {
    IssuedCertificate expired = IssuedCertificate.until(folder, YESTERDAY, "elsewhere.example");
    host.startTls(expired.context());
    for (int selector = 0; selector <= 1; selector++) {
      for (int matching = 0; matching <= 2; matching++) {
        opens(dane(expired.tlsa(selector, matching)));
      }
    }
    opens(dane("3 1 1 " + "00".repeat(32), expired.tlsa(1, 1)));
    fails(dane("3 1 1 " + "00".repeat(32)), "no TLSA record matches the certificate");
    fails(dane("3 0 0 00"), "no TLSA record matches the certificate");
    fails(TlsPolicy.REQUIRED, "STARTTLS");
  }

  @Test
  void trustsTheAuthorityThatARecordSpeaksOfForItsHost() throws Exception {
    IssuedCertificate issued = IssuedCertificate.of(folder, HOST);
    host.startTls(issued.context());
    for (int selector = 0; selector <= 1; selector++) {
      for (int matching = 0; matching <= 2; matching++) {
        opens(dane(issued.authorityTlsa(selector, matching)));
      }
    }
    fails(dane("2 0 1 " + "00".repeat(32)), "no TLSA record matches the certificate");
    // a record that says authority does not speak of the host's own certificate
    fails(dane(issued.tlsa(1, 1).replaceFirst("3", "2")), "no TLSA record matches");
  }

  @Test
  void wantsTheAuthoritysCertificateToBeForTheHostAndWithinItsDates() throws Exception {
    IssuedCertificate other = IssuedCertificate.of(folder, "elsewhere.example");
    host.startTls(other.context());
    fails(dane(other.authorityTlsa(0, 1)), "the certificate is for [elsewhere.example]");
    IssuedCertificate expired = IssuedCertificate.until(folder, YESTERDAY, HOST);
    host.startTls(expired.context());
    fails(dane(expired.authorityTlsa(0, 1)), "not a valid one of it");
    IssuedCertificate wild = IssuedCertificate.of(folder, "*.a.example");
    host.startTls(wild.context());
    opens(dane(wild.authorityTlsa(0, 1)));
  }

  @Test
  void takesACertificateForTheRecipientsDomainForThatDomainOnly() throws Exception {
    IssuedCertificate issued = IssuedCertificate.of(folder, NEXT_HOP.value());
    host.startTls(issued.context());
    assertThat(open(dane(issued.authorityTlsa(0, 1))))
        .isInstanceOfSatisfying(
            Opening.Ready.class,
            ready -> {
              assertThat(ready.session().onlyFor()).contains(NEXT_HOP);
              ready.session().close();
            });
  }

  @Test
  void encryptsWithAnyCertificateButNeverGoesInClear() throws Exception {
    assertThat(open(TlsPolicy.ENCRYPTED))
        .isInstanceOfSatisfying(
            Opening.Failed.class,
            failed -> assertThat(failed.reason()).contains("TLS is required"));
    assertThat(open(dane("3 1 1 " + "00".repeat(32)))).isInstanceOf(Opening.Failed.class);
    host.startTls(IssuedCertificate.of(folder, HOST).context());
    assertThat(open(TlsPolicy.ENCRYPTED))
        .isInstanceOfSatisfying(
            Opening.Ready.class,
            ready -> {
              assertThat(ready.session().tls()).isPresent();
              assertThat(ready.session().isVerified()).isFalse();
              ready.session().close();
            });
    host.always("STARTTLS", "454 4.7.0 not now");
    assertThat(open(TlsPolicy.ENCRYPTED)).isInstanceOf(Opening.Failed.class);
  }

  @Test
  void resumesASessionUnderThePolicyThatItWasAgreedUnderAndNoOther() throws Exception {
    IssuedCertificate issued = IssuedCertificate.of(folder, HOST);
    host.startTls(issued.context());
    TlsPolicy right = dane(issued.tlsa(1, 1));
    TlsPolicy wrong = dane("3 1 1 " + "00".repeat(32));
    try (SmtpClient trusting = client(Optional.of(issued.pem()))) {
      for (TlsPolicy policy : List.of(TlsPolicy.OPPORTUNISTIC, TlsPolicy.REQUIRED, right)) {
        List<Long> before = host.sessions();
        converse(trusting, policy);
        assertThat(before).as("%s, afresh", policy).doesNotContain(host.sessions().getLast());
        converse(trusting, policy);
        assertThat(host.sessions().getLast())
            .as("%s, resumed", policy)
            .isEqualTo(host.sessions().get(before.size()));
      }
      // what was agreed before without these records is of no use for them
      assertThat(open(trusting, wrong)).isInstanceOf(Opening.Failed.class);
      assertThat(open(trusting, wrong)).isInstanceOf(Opening.Failed.class);
    }
    converse(client, TlsPolicy.OPPORTUNISTIC);
    assertThat(open(TlsPolicy.REQUIRED)).isInstanceOf(Opening.Failed.class);
  }

  /// The ticket for resuming comes with what the host says first.
  private void converse(SmtpClient with, TlsPolicy policy) {
    assertThat(open(with, policy))
        .isInstanceOfSatisfying(
            Opening.Ready.class,
            ready -> {
              assertThat(ready.session().isVerified())
                  .isEqualTo(with != client || policy.isAuthenticating());
              ready.session().close();
            });
  }

  @Test
  void knowsWhichRecordsCanBeUsed() throws GeneralSecurityException {
    byte[] digest = new byte[32];
    assertThat(CertificateAssociation.of(3, 1, 1, digest)).isPresent();
    assertThat(CertificateAssociation.of(0, 1, 1, digest)).isEmpty();
    assertThat(CertificateAssociation.of(1, 1, 1, digest)).isEmpty();
    assertThat(CertificateAssociation.of(255, 1, 1, digest)).isEmpty();
    assertThat(CertificateAssociation.of(3, 2, 1, digest)).isEmpty();
    assertThat(CertificateAssociation.of(3, 1, 3, digest)).isEmpty();
    assertThat(CertificateAssociation.of(3, 1, 2, digest)).isEmpty();
    assertThat(CertificateAssociation.of(3, 1, 0, new byte[0])).isEmpty();
  }

  @Test
  void takesTheSecondAddressAtOnceWhenTheFirstRefuses() {
    Dialing dialing =
        client.dial(List.of(way("127.0.0.77", host.port()), way("127.0.0.1", host.port())));
    assertThat(dialing.line()).isPresent();
    assertThat(dialing.line().get().address()).isEqualTo(host.address());
    assertThat(dialing.failures()).containsOnlyKeys(way("127.0.0.77", host.port()).address());
    assertThat(dialing.slow()).isFalse();
    dialing.line().get().close();
  }

  @Test
  void takesTheSecondAddressSoonWhenTheFirstIsSilent() throws IOException {
    try (ServerSocket full = new ServerSocket(0, 1, InetAddress.getByName("127.0.0.78"))) {
      List<Socket> crowd = crowd(full);
      long before = System.nanoTime();
      Dialing dialing =
          client.dial(
              List.of(way("127.0.0.78", full.getLocalPort()), way("127.0.0.1", host.port())));
      assertThat(dialing.line()).isPresent();
      assertThat(dialing.line().get().address()).isEqualTo(host.address());
      assertThat(dialing.slow()).isTrue();
      assertThat(Duration.ofNanos(System.nanoTime() - before))
          .isBetween(Dialer.MOMENT.minusMillis(50), Duration.ofSeconds(5));
      dialing.line().get().close();
      for (Socket each : crowd) {
        each.close();
      }
    }
  }

  private static Way way(String address, int port) {
    return new Way(new InetSocketAddress(InetAddress.ofLiteral(address), port), Optional.empty());
  }

  /// Fills the queue of connections that nobody accepts: further ones hear nothing.
  private static List<Socket> crowd(ServerSocket server) throws IOException {
    List<Socket> crowd = new ArrayList<>();
    for (int i = 0; i < 20; i++) {
      Socket socket = new Socket();
      crowd.add(socket);
      try {
        socket.connect(server.getLocalSocketAddress(), 200);
      } catch (SocketTimeoutException full) {
        break;
      }
    }
    return crowd;
  }
}

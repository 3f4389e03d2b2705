package dev.waybill.relay.doctor;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import dev.waybill.relay.doctor.Diagnosis.Verdict;
import dev.waybill.relay.domains.DnsRecord.Status;
import dev.waybill.relay.testing.ScriptedMailHost;
import dev.waybill.relay.testing.SelfSignedCertificate;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.KeyStore;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.time.Duration;
import javax.net.ssl.KeyManager;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocketFactory;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ExaminesTheDoorsTest {
  @TempDir Path folder;
  private DoctorFixture relay;

  @BeforeEach
  void start() throws Exception {
    relay = new DoctorFixture(folder);
  }

  @AfterEach
  void stop() throws IOException {
    relay.close();
  }

  @Test
  void knowsItsOwnFeedbackDoor() throws Exception {
    Diagnosis feedback = relay.the(Check.FEEDBACK);

    assertThat(feedback.verdict()).isEqualTo(Verdict.PASS);
    assertThat(feedback.subject()).isEqualTo("relay.example [127.0.0.1]");
  }

  @Test
  void failsWhereTheFeedbackPortIsClosed() throws Exception {
    relay.dns.forget("relay.example").zone("relay.example. 60 IN A 127.0.0.9");

    Diagnosis feedback = relay.the(Check.FEEDBACK);

    assertThat(feedback.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(feedback.found()).startsWith("Port " + relay.mailPort + " is closed");
    assertThat(feedback.fix()).contains("correct feedback.listen");
  }

  @Test
  void saysHowToLeadThePortToADoorElsewhere() throws Exception {
    int door = relay.mailPort;
    try (ServerSocket free = new ServerSocket(0)) {
      relay.mailPort = free.getLocalPort();
    }

    Diagnosis feedback = relay.the(Check.FEEDBACK);

    assertThat(feedback.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(feedback.paste().lines())
        .containsExactly(
            "iptables -t nat -A PREROUTING -p tcp --dport %d -j REDIRECT --to-ports %d"
                .formatted(relay.mailPort, door),
            "iptables -t nat -A OUTPUT -o lo -p tcp --dport %d -j REDIRECT --to-ports %d"
                .formatted(relay.mailPort, door));
  }

  @Test
  void isNotDeceivedByAServerThatTakesAnyAddress() throws Exception {
    try (ScriptedMailHost other = new ScriptedMailHost("127.0.0.9", relay.mailPort)) {
      other.always("BANNER", "220 relay.example ESMTP Waybill");
      relay.dns.forget("relay.example").zone("relay.example. 60 IN A 127.0.0.9");

      Diagnosis feedback = relay.the(Check.FEEDBACK);

      assertThat(feedback.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(feedback.found()).contains("it takes any address");
      assertThat(other.received()).isEmpty();
      assertThat(other.commands()).doesNotContain("DATA").contains("RSET", "QUIT");
    }
  }

  @Test
  void namesAServerThatDoesNotKnowItsBounces() throws Exception {
    try (ScriptedMailHost other = new ScriptedMailHost("127.0.0.9", relay.mailPort)) {
      other
          .always("BANNER", "220 other.example ESMTP Postfix")
          .always("RCPT", "554 5.7.1 Relay access denied");
      relay.dns.forget("relay.example").zone("relay.example. 60 IN A 127.0.0.9");

      Diagnosis feedback = relay.the(Check.FEEDBACK);

      assertThat(feedback.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(feedback.found())
          .contains("220 other.example ESMTP Postfix", "554 5.7.1 Relay access denied");
    }
  }

  @Test
  void doesNotCallASilentDoorClosed() throws Exception {
    try (ScriptedMailHost other = new ScriptedMailHost("127.0.0.9", relay.mailPort)) {
      other.hangsAt("RCPT");
      relay.step = Duration.ofSeconds(1);
      relay.dns.forget("relay.example").zone("relay.example. 60 IN A 127.0.0.9");

      assertThat(relay.the(Check.FEEDBACK).verdict()).isEqualTo(Verdict.UNKNOWN);
    }
  }

  @Test
  void warnsWhereOnlyOneOfTwoAddressesLeadsHere() throws Exception {
    relay.dns.zone("relay.example. 60 IN A 127.0.0.9", "relay.example. 60 IN A 10.1.2.3");

    assertThat(relay.examine().diagnoses())
        .filteredOn(each -> each.check() == Check.FEEDBACK)
        .extracting(Diagnosis::verdict)
        .containsExactlyInAnyOrder(Verdict.PASS, Verdict.WARN, Verdict.WARN);
  }

  @Test
  void knowsItsOwnTrackingDoorAndAsksForHttps() throws Exception {
    Diagnosis tracking = relay.the(Check.TRACKING);

    assertThat(tracking.verdict()).isEqualTo(Verdict.WARN);
    assertThat(tracking.found()).startsWith("This relay answers there, over http");
    assertThat(tracking.paste()).isEqualTo("tracking:\n  url: https://relay.example");
  }

  @Test
  void namesAForeignServerAndItsRedirection() throws Exception {
    HttpServer other = HttpServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    other.createContext(
        "/",
        exchange -> {
          exchange.getResponseHeaders().set("Server", "nginx/1.26");
          exchange.getResponseHeaders().set("Location", "https://elsewhere.example/");
          exchange.sendResponseHeaders(301, -1);
          exchange.close();
        });
    other.start();
    relay.trackingBase = URI.create("http://relay.example:" + other.getAddress().getPort());
    try {
      Diagnosis tracking = relay.the(Check.TRACKING);

      assertThat(tracking.verdict()).isEqualTo(Verdict.FAIL);
      assertThat(tracking.found())
          .contains("(nginx/1.26)", "it redirects to https://elsewhere.example/");
    } finally {
      other.stop(0);
    }
  }

  @Test
  void wantsACertificateThatIsValidForTheName() throws Exception {
    SelfSignedCertificate own = SelfSignedCertificate.of("links.shop.example", folder);
    HttpsServer proxy = HttpsServer.create(new InetSocketAddress("127.0.0.1", 0), 0);
    proxy.setHttpsConfigurator(new HttpsConfigurator(own.context()));
    proxy.createContext(
        "/u/",
        exchange -> {
          String token = exchange.getRequestURI().getPath().substring("/u/".length());
          byte[] page =
              relay
                  .tokens
                  .readUnsubscribe(token)
                  .orElseThrow()
                  .recipient()
                  .toString()
                  .getBytes(StandardCharsets.UTF_8);
          exchange.sendResponseHeaders(200, page.length);
          exchange.getResponseBody().write(page);
          exchange.close();
        });
    proxy.start();
    int port = proxy.getAddress().getPort();
    relay.dns.zone("links.shop.example. 60 IN A 127.0.0.1");
    try {
      relay.trackingBase = URI.create("https://links.shop.example:" + port);
      assertThat(relay.the(Check.TRACKING).verdict()).isEqualTo(Verdict.FAIL);
      assertThat(relay.the(Check.TRACKING).found()).contains("is not valid for it");

      relay.web = trusting(own.pem());
      assertThat(relay.the(Check.TRACKING).verdict()).isEqualTo(Verdict.PASS);

      relay.trackingBase = URI.create("https://relay.example:" + port);
      assertThat(relay.the(Check.TRACKING).verdict()).isEqualTo(Verdict.FAIL);
    } finally {
      proxy.stop(0);
    }
  }

  @Test
  void looksAtTheDomainsOwnTrackingHost() throws Exception {
    relay.trackingSubdomain = "links";

    Diagnosis tracking = relay.the(Check.TRACKING);

    assertThat(tracking.verdict()).isEqualTo(Verdict.FAIL);
    assertThat(tracking.subject()).isEqualTo("links.shop.example");
    assertThat(tracking.found()).isEqualTo("The name does not exist.");
  }

  @Test
  void doesNotCallASilentWebServerForeign() throws Exception {
    try (ServerSocket silent = new ServerSocket(0, 5, InetAddress.ofLiteral("127.0.0.1"))) {
      relay.step = Duration.ofSeconds(1);
      relay.trackingBase = URI.create("http://relay.example:" + silent.getLocalPort());

      assertThat(relay.the(Check.TRACKING).verdict()).isEqualTo(Verdict.UNKNOWN);
    }
  }

  @Test
  void countsTheDaysOfTheCertificate() throws Exception {
    assertThat(relay.the(Check.CERTIFICATE).verdict()).isEqualTo(Verdict.WARN);
    assertThat(relay.the(Check.CERTIFICATE).found()).startsWith("It is signed by itself");

    relay.now = relay.now.plus(Duration.ofDays(3));
    assertThat(relay.the(Check.CERTIFICATE).verdict()).isEqualTo(Verdict.FAIL);
    assertThat(relay.the(Check.CERTIFICATE).found()).startsWith("It ended on ");
  }

  @Test
  void judgesTheRecordsByWhatTheyAreFor() throws Exception {
    relay.records.replaceAll(record ->
        record.relativeName().equals("wb2._domainkey") || record.purpose().equals("DMARC")
            ? relay.record(
                record.purpose(),
                record.type(),
                record.relativeName(),
                record.value(),
                null,
                false,
                Status.PENDING)
            : record);
    relay.unanswered.add(relay.records.getFirst());

    var all = relay.examine().diagnoses();

    assertThat(all)
        .filteredOn(each -> each.check() == Check.DKIM)
        .extracting(Diagnosis::verdict)
        .containsExactly(Verdict.PASS, Verdict.WARN);
    assertThat(all)
        .filteredOn(each -> each.check() == Check.DMARC)
        .extracting(Diagnosis::verdict, Diagnosis::paste)
        .containsExactly(tuple(Verdict.FAIL, "_dmarc.shop.example. IN TXT \"v=DMARC1; p=none\""));
    assertThat(all)
        .filteredOn(each -> each.check() == Check.RETURN_PATH)
        .extracting(Diagnosis::verdict)
        .containsExactly(Verdict.UNKNOWN);
  }

  private static SSLSocketFactory trusting(Path pem) throws Exception {
    KeyStore store = KeyStore.getInstance("PKCS12");
    store.load(null, new char[0]);
    store.setCertificateEntry(
        "own",
        CertificateFactory.getInstance("X.509")
            .generateCertificate(new ByteArrayInputStream(Files.readAllBytes(pem))));
    TrustManagerFactory trust =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    trust.init(store);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(new KeyManager[0], trust.getTrustManagers(), new SecureRandom());
    return context.getSocketFactory();
  }
}

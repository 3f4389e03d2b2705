package dev.waybill.relay.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.relay.testing.TrustsAnything;
import dev.waybill.relay.tls.CertificateFolder;
import dev.waybill.relay.tls.ServerCertificate;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpRequest.BodyPublishers;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SNIHostName;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import org.awaitility.Awaitility;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// The listener for TLS, as real clients see it.
class SecureServerTest {
  private static final String ONE = "one.shop.example";
  private static final String TWO = "two.shop.example";

  @TempDir Path folder;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private HttpServer server;
  private HttpClient client;

  @BeforeEach
  void start() throws Exception {
    for (String host : List.of(ONE, TWO)) {
      ServerCertificate.selfSigned(folder, host, host, List.of("dns:" + host, "ip:127.0.0.1"));
    }
    CertificateFolder certificates = CertificateFolder.open(folder, meters);
    InetSocketAddress free = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    server =
        new HttpServer(
            new HttpSettings(
                "test",
                free,
                1,
                new HttpLimits(
                    4096,
                    100,
                    Duration.ofMillis(600),
                    Duration.ofSeconds(5),
                    Duration.ofSeconds(5)),
                Map.of(),
                Json::problem,
                host -> !host.equals("evil.example"),
                Optional.of(new HttpSettings.Secure(free, certificates::context))),
            new Routes(
                List.of(
                    Route.get("/inline", _ -> Response.text(200, "fine")).withoutWaiting(),
                    Route.get("/host", request -> Response.text(200, request.host())),
                    Route.post(
                        "/echo", request -> Response.of(200, "text/plain", request.body())))),
            InstantSource.fixed(Instant.parse("2026-11-21T10:00:00Z")),
            meters);
    server.start();
    SSLParameters asking = TrustsAnything.context().getDefaultSSLParameters();
    asking.setServerNames(List.of(new SNIHostName(TWO)));
    client =
        HttpClient.newBuilder()
            .sslContext(TrustsAnything.context())
            .sslParameters(asking)
            .version(HttpClient.Version.HTTP_2)
            .build();
  }

  @AfterEach
  void stop() {
    server.stop(Duration.ofSeconds(5));
    client.close();
  }

  @Test
  void speaksHttp2ToThoseWhoChooseIt() throws Exception {
    var answer = send(request("/inline"));

    assertThat(answer.version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("fine");
    assertThat(answer.headers().firstValue("Strict-Transport-Security"))
        .hasValue("max-age=31536000");
    assertThat(answer.headers().firstValue("Connection")).isEmpty();
    assertThat(send(request("/host")).body()).isEqualTo("127.0.0.1");
    assertThat(send(request("/none")).statusCode()).isEqualTo(404);
  }

  @Test
  void answersManyStreamsOfOneConnection() throws Exception {
    assertThat(send(request("/inline")).statusCode()).isEqualTo(200);
    List<CompletableFuture<HttpResponse<String>>> answers = new ArrayList<>();
    for (int i = 0; i < 90; i++) {
      answers.add(
          client.sendAsync(
              request(i % 2 == 0 ? "/inline" : "/host").build(),
              HttpResponse.BodyHandlers.ofString()));
    }
    assertThat(answers).allSatisfy(answer -> assertThat(answer.join().statusCode()).isEqualTo(200));
    assertThat(meters.get("waybill.http.connections").gauge().value()).isEqualTo(1);
  }

  @Test
  void knowsHeadAndBodiesInHttp2() throws Exception {
    var head = send(request("/inline").method("HEAD", BodyPublishers.noBody()));
    assertThat(head.version()).isEqualTo(HttpClient.Version.HTTP_2);
    assertThat(head.headers().firstValue("Content-Length")).hasValue("4");
    assertThat(head.body()).isEmpty();

    assertThat(send(request("/echo").POST(BodyPublishers.ofString("x".repeat(4096)))).body())
        .hasSize(4096);
    var tooLarge = send(request("/echo").POST(BodyPublishers.ofString("x".repeat(5000))));
    assertThat(tooLarge.statusCode()).isEqualTo(413);
    assertThat(send(request("/inline")).statusCode()).isEqualTo(200);
  }

  @Test
  void sendsAwayWhoAsksForNothingInHttp2() throws Exception {
    assertThat(send(request("/inline")).statusCode()).isEqualTo(200);

    Awaitility.await().until(() -> meters.get("waybill.http.connections").gauge().value() == 0);
    assertThat(send(request("/inline")).statusCode()).isEqualTo(200);
  }

  @Test
  void showsEachHostItsCertificate() throws Exception {
    for (String host : List.of(ONE, TWO)) {
      try (SSLSocket socket = connect(host, "TLSv1.2")) {
        assertThat(socket.getSession().getPeerPrincipal().getName()).isEqualTo("CN=" + host);
        assertThat(ask(socket, host)).startsWith("HTTP/1.1 200 OK").endsWith("fine");
      }
    }
    try (SSLSocket socket = connect("ONE.shop.example", "TLSv1.3")) {
      assertThat(ask(socket, "evil.example")).startsWith("HTTP/1.1 421 ");
    }
  }

  @Test
  void closesOnUnknownNamesAndOnNone() throws Exception {
    assertThatThrownBy(() -> connect("three.shop.example", "TLSv1.3"))
        .isInstanceOf(IOException.class);
    assertThatThrownBy(() -> connect(null, "TLSv1.3")).isInstanceOf(IOException.class);
    assertThat(meters.get("waybill.http.handshakes.failed").counter().count()).isEqualTo(2);
    Awaitility.await().until(() -> meters.get("waybill.http.connections").gauge().value() == 0);
  }

  private static String ask(SSLSocket socket, String host) throws IOException {
    socket
        .getOutputStream()
        .write(
            "GET /inline HTTP/1.1\r\nHost: %s\r\nConnection: close\r\n\r\n"
                .formatted(host)
                .getBytes(StandardCharsets.US_ASCII));
    try (InputStream in = socket.getInputStream()) {
      return new String(in.readAllBytes(), StandardCharsets.US_ASCII);
    }
  }

  private SSLSocket connect(@Nullable String name, String version) throws IOException {
    SSLSocket socket =
        (SSLSocket)
            TrustsAnything.context()
                .getSocketFactory()
                .createSocket(InetAddress.getLoopbackAddress(), server.tlsPort());
    socket.setSoTimeout(10_000);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setServerNames(name == null ? List.of() : List.of(new SNIHostName(name)));
    parameters.setProtocols(new String[] {version});
    socket.setSSLParameters(parameters);
    socket.startHandshake();
    return socket;
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("https://127.0.0.1:" + server.tlsPort() + path))
        .timeout(Duration.ofSeconds(20));
  }
}

package dev.waybill.relay.http;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.testing.RawHttpClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What clients see that break the rules of RFC 9112, by mistake or on purpose.
class HostileClientTest {
  private static final Duration SHORT = Duration.ofMillis(150);
  private static final int MAX_CONNECTIONS = 5;

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final CountDownLatch release = new CountDownLatch(1);
  private final HttpServer server =
      new HttpServer(
          new HttpSettings(
              "test",
              new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
              1,
              new HttpLimits(
                  1000, MAX_CONNECTIONS, Duration.ofSeconds(1), SHORT, Duration.ofMillis(500)),
              Map.of(),
              problem -> Response.text(problem.status(), problem.message())),
          new Routes(
              List.of(
                  Route.get("/echo/{text}", r -> Response.text(200, r.variable("text")))
                      .withoutWaiting(),
                  Route.get("/host", r -> Response.text(200, r.host())).withoutWaiting(),
                  Route.get("/query", r -> Response.text(200, r.parameters().toString())),
                  Route.get("/large", _ -> Response.text(200, "x".repeat(4_000_000))),
                  Route.get("/held", _ -> held()),
                  Route.post("/body", r -> Response.text(200, r.body().length + " bytes")))),
          InstantSource.system(),
          meters);

  @BeforeEach
  void start() {
    server.start();
  }

  @AfterEach
  void stop() {
    release.countDown();
    server.stop(Duration.ofSeconds(5));
  }

  @Test
  void keepsTheOrderOfPipelinedRequests() throws Exception {
    try (RawHttpClient client = connect()) {
      client.send(
          "GET /held HTTP/1.1\r\nHost: a\r\n\r\n"
              + "GET /echo/second HTTP/1.1\r\nHost: a\r\n\r\n"
              + "POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 3\r\n\r\nabc"
              + "HEAD /echo/fourth HTTP/1.1\r\nHost: a\r\n\r\n"
              + "GET /echo/fifth HTTP/1.1\r\nHost: a\r\nConnection: close\r\n\r\n"
              + "GET /echo/never HTTP/1.1\r\nHost: a\r\n\r\n");
      release.countDown();

      assertThat(client.read().body()).isEqualTo("held");
      assertThat(client.read().body()).isEqualTo("second");
      assertThat(client.read().body()).isEqualTo("3 bytes");
      assertThat(client.readHeadOnly().headers()).containsEntry("content-length", "6");
      assertThat(client.read().body()).isEqualTo("fifth");
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @Test
  void answersThousandsOfRequestsSentAtOnce() throws Exception {
    int count = 20_000;
    try (RawHttpClient client = connect()) {
      Thread sender =
          Thread.startVirtualThread(() -> {
            try {
              client.send("GET /echo/a HTTP/1.1\r\nHost: a\r\n\r\n".repeat(count));
            } catch (java.io.IOException cut) {
              // then an answer is missing below
            }
          });
      for (int i = 0; i < count; i++) {
        assertThat(client.read().body()).isEqualTo("a");
      }
      sender.join();
    }
  }

  /// Of one event loop, some keep it busy and some do not read what they get.
  @Test
  void answersAllConnectionsOfATurn() throws Exception {
    try (RawHttpClient lazy = connect();
        RawHttpClient one = connect();
        RawHttpClient other = connect()) {
      lazy.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n");
      for (int round = 0; round < 100; round++) {
        one.send("GET /echo/a HTTP/1.1\r\nHost: a\r\n\r\nGET /echo/b HTTP/1.1\r\nHost: a\r\n\r\n");
        other.send("GET /echo/c HTTP/1.1\r\nHost: a\r\n\r\n");

        assertThat(other.read().body()).isEqualTo("c");
        assertThat(one.read().body()).isEqualTo("a");
        assertThat(one.read().body()).isEqualTo("b");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "GET / HTTP/1.1|X: y||, 400",
    "GET / HTTP/1.1|Host: a|Host: b||, 400",
    "GET / HTTP/1.1|Host: a b||, 400",
    "GET / HTTP/1.1|Host: a@b||, 400",
    "GET * HTTP/1.1|Host: a||, 400",
    "CONNECT a:443 HTTP/1.1|Host: a||, 400",
    "GET ftp://a/ HTTP/1.1|Host: a||, 400",
    "GET / HTTP/1.1|Host : a||, 400",
    "GET / HTTP/1.1|Host: a| folded: b||, 400",
    "GET / HTTP/2.0|Host: a||, 505",
    "GET / HTTP/1.1|Host: a|Expect: miracle||, 417",
    "POST /body HTTP/1.1|Host: a|Content-Length: 5|Content-Length: 6||abcdef, 400",
    "POST /body HTTP/1.1|Host: a|Content-Length: -1||, 400",
    "POST /body HTTP/1.1|Host: a|Content-Length: +5||abcde, 400",
    "POST /body HTTP/1.1|Host: a|Content-Length: 5|Transfer-Encoding: chunked||0||, 400",
    "POST /body HTTP/1.1|Host: a|Transfer-Encoding: chunked||zz|abc|, 400",
    "POST /body HTTP/1.1|Host: a|Transfer-Encoding: chunked||-1|abc|, 400",
    "POST /body HTTP/1.1|Host: a|Transfer-Encoding: chunked||7fffffffff|abc|, 400",
    "POST /body HTTP/1.1|Host: a|Content-Length: 1001||, 413",
    "POST /body HTTP/1.1|Host: a|Content-Length: 99999999999||, 413",
    "nonsense||, 400",
  })
  void refusesAndCloses(String request, int status) throws Exception {
    try (RawHttpClient client = connect()) {
      client.send(request.replace("|", "\r\n"));

      assertThat(client.read().status()).isEqualTo(status);
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @Test
  void refusesWhatIsTooLongWhileItStillArrives() throws Exception {
    try (RawHttpClient client = connect()) {
      client.send("GET /echo/" + "a".repeat(9_000));
      assertThat(client.read().status()).isEqualTo(414);
    }
    try (RawHttpClient client = connect()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\nX: " + "a".repeat(33_000));
      assertThat(client.read().status()).isEqualTo(431);
    }
    try (RawHttpClient client = connect()) {
      client.send("GET / HTTP/1.1\r\nHost: a\r\n" + "X: y\r\n".repeat(9_000));
      assertThat(client.read().status()).isEqualTo(431);
    }
  }

  @Test
  void readsAChunkedBodyAndBoundsIt() throws Exception {
    String head = "POST /body HTTP/1.1\r\nHost: a\r\nTransfer-Encoding: chunked\r\n\r\n";
    try (RawHttpClient client = connect()) {
      client.send(head + "3;x=y\r\nabc\r\n2\r\nde\r\n0\r\nTrailer: t\r\n\r\n");
      assertThat(client.read().body()).isEqualTo("5 bytes");
      client.send(head + ("64\r\n" + "a".repeat(100) + "\r\n").repeat(11));
      assertThat(client.read().status()).isEqualTo(413);
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @Test
  void cutsAHeaderThatTricklesIn() throws Exception {
    try (RawHttpClient client = connect()) {
      client.send("GET / HTTP/1.1\r\nHo");
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @Test
  void tellsAClientWhoseBodyTakesTooLong() throws Exception {
    try (RawHttpClient client = connect()) {
      client.send("POST /body HTTP/1.1\r\nHost: a\r\nContent-Length: 10\r\n\r\nabc");
      assertThat(client.read().status()).isEqualTo(408);
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @Test
  void cutsAClientThatDoesNotReadItsAnswers() throws Exception {
    try (RawHttpClient client = connect()) {
      client.send("GET /large HTTP/1.1\r\nHost: a\r\n\r\n".repeat(10));
      Awaitility.await().until(() -> connections() == 1);

      Awaitility.await()
          .untilAsserted(() -> assertThat(connections()).as("open connections").isZero());
    }
  }

  @Test
  void closesConnectionsBeyondTheLimit() throws Exception {
    try (RawHttpClient first = connect();
        RawHttpClient second = connect();
        RawHttpClient third = connect();
        RawHttpClient fourth = connect();
        RawHttpClient fifth = connect()) {
      for (RawHttpClient client : List.of(first, second, third, fourth, fifth)) {
        client.send("GET /echo/a HTTP/1.1\r\nHost: a\r\n\r\n");
        assertThat(client.read().status()).isEqualTo(200);
      }
      try (RawHttpClient sixth = connect()) {
        assertThat(sixth.isAtEnd()).isTrue();
      }
    }
    assertThat(meters.get("waybill.http.connections.refused").counter().count()).isEqualTo(1);
  }

  @Test
  void takesTheHostOfAnAbsoluteTargetBeforeTheHostField() throws Exception {
    try (RawHttpClient client = connect()) {
      client.send("GET http://Links.Example:8080/host HTTP/1.1\r\nHost: other.example\r\n\r\n");
      assertThat(client.read().body()).isEqualTo("links.example");
      client.send("GET /host?a#b HTTP/1.1\r\nHost: [::1]:80\r\n\r\n");
      assertThat(client.read().body()).isEqualTo("[::1]");
    }
  }

  @Test
  void servesHttp10AndClosesUnlessAskedNotTo() throws Exception {
    try (RawHttpClient client = connect()) {
      client.send("GET /echo/a HTTP/1.0\r\nConnection: keep-alive\r\n\r\n");
      assertThat(client.read().headers()).containsEntry("connection", "keep-alive");
      client.send("GET /echo/b HTTP/1.0\r\n\r\n");
      assertThat(client.read().body()).isEqualTo("b");
      assertThat(client.isAtEnd()).isTrue();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"%", "%2", "%zz", "%+1", "%00", "%0d%0a", "%ff", "%c0%af", "%ed%a0%80", "a%"})
  void refusesBrokenEscapesAndGoesOn(String segment) throws Exception {
    try (RawHttpClient client = connect()) {
      client.send("GET /echo/" + segment + " HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(400);
      client.send("GET /query?a=" + segment + " HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.read().status()).isEqualTo(400);
      client.send("GET /echo/%2e%2e%2F%25 HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.read().body()).isEqualTo("../%");
    }
  }

  @Test
  void boundsTheQuery() throws Exception {
    try (RawHttpClient client = connect()) {
      client.send("GET /query?a=1&a=2 HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.read().body()).isEqualTo("query parameter a is given twice");
      StringBuilder many = new StringBuilder();
      for (int i = 0; i < 65; i++) {
        many.append("p").append(i).append("&");
      }
      client.send("GET /query?" + many + " HTTP/1.1\r\nHost: a\r\n\r\n");
      assertThat(client.read().body()).isEqualTo("more than 64 query parameters");
    }
  }

  private double connections() {
    return meters.get("waybill.http.connections").gauge().value();
  }

  private RawHttpClient connect() throws java.io.IOException {
    return new RawHttpClient(server.port());
  }

  private Response held() {
    try {
      release.await();
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
    return Response.text(200, "held");
  }
}

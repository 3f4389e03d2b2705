package dev.waybill.relay.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ConnectException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicReference;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What a well-behaved client sees.
class HttpServerTest {
  record Greeting(String name, int times) {}

  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final HttpClient client = HttpClient.newHttpClient();
  private final CountDownLatch release = new CountDownLatch(1);
  private final CountDownLatch entered = new CountDownLatch(1);
  private final AtomicReference<String> lastThread = new AtomicReference<>("");
  private HttpServer server = server(0);

  @BeforeEach
  void start() {
    server.start();
  }

  @AfterEach
  void stop() {
    release.countDown();
    server.stop(Duration.ofSeconds(5));
    client.close();
  }

  @Test
  void answersWithTheRouteVariablesAndParameters() throws Exception {
    var answer = get("/things/a%2Fb+c/parts/%C3%BC?colour=dark+red&n=1");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEqualTo("a/b+c|ü|dark red|127.0.0.1|localhost");
  }

  @Test
  void addsTheFieldsThatEveryAnswerCarries() throws Exception {
    var headers = get("/inline").headers();

    assertThat(headers.firstValue("X-Content-Type-Options")).hasValue("nosniff");
    assertThat(headers.firstValue("Referrer-Policy")).hasValue("no-referrer");
    assertThat(headers.firstValue("Date")).hasValue("Sat, 21 Nov 2026 10:00:00 GMT");
    assertThat(headers.firstValue("Server")).isEmpty();
  }

  @Test
  void runsHandlersOnVirtualThreadsUnlessTheyNeverWait() throws Exception {
    get("/things/a/parts/b?colour=red");
    assertThat(lastThread.get()).startsWith("test-request-");

    get("/inline");
    assertThat(lastThread.get()).startsWith("test-io-");
  }

  @Test
  void prefersLiteralSegmentsOverVariables() throws Exception {
    assertThat(get("/things/special").body()).isEqualTo("literal");
    assertThat(get("/things/other").body()).isEqualTo("variable other");
  }

  @Test
  void answersHeadLikeGetWithoutABody() throws Exception {
    var answer = send(request("/inline").method("HEAD", HttpRequest.BodyPublishers.noBody()));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).isEmpty();
    assertThat(answer.headers().firstValue("Content-Length")).hasValue("6");
  }

  @Test
  void tellsWhichMethodsAPathAllows() throws Exception {
    var answer = send(request("/greetings").DELETE());

    assertThat(answer.statusCode()).isEqualTo(405);
    assertThat(answer.headers().firstValue("Allow")).hasValue("GET, HEAD, POST");
    assertThat(answer.body())
        .isEqualTo(
            "{\"statusCode\":405,\"name\":\"method_not_allowed\","
                + "\"message\":\"method DELETE is not allowed here\"}");
  }

  @Test
  void answers404WhereThereIsNothing() throws Exception {
    for (String path : List.of("/nothing", "/things", "/things/", "/things/a/", "//things/a")) {
      assertThat(get(path).statusCode()).as(path).isEqualTo(404);
    }
  }

  @Test
  void keepsTheReasonOfAFaultToItself() throws Exception {
    var answer = get("/fault");

    assertThat(answer.statusCode()).isEqualTo(500);
    assertThat(answer.body()).contains("internal_server_error").doesNotContain("secret");
  }

  @Test
  void answersWith500WhenAHeaderFieldWouldBreakTheAnswer() throws Exception {
    assertThat(get("/split").statusCode()).isEqualTo(500);
  }

  @Test
  void readsAndWritesRecords() throws Exception {
    var answer =
        send(
            request("/greetings")
                .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"Jane\",\"times\":2}")));

    assertThat(answer.statusCode()).isEqualTo(201);
    assertThat(answer.body()).isEqualTo("{\"name\":\"Jane\",\"times\":3}");
  }

  @Test
  void continuesWhenTheClientWaitsForIt() throws Exception {
    var answer =
        send(
            request("/greetings")
                .expectContinue(true)
                .POST(HttpRequest.BodyPublishers.ofString("{\"name\":\"J\",\"times\":1}")));

    assertThat(answer.statusCode()).isEqualTo(201);
  }

  @Test
  void refusesABodyThatIsTooLarge() throws Exception {
    var known =
        send(request("/greetings").POST(HttpRequest.BodyPublishers.ofByteArray(new byte[5000])));
    var chunked =
        send(
            request("/greetings")
                .POST(
                    HttpRequest.BodyPublishers.fromPublisher(
                        HttpRequest.BodyPublishers.ofByteArray(new byte[5000]))));

    assertThat(known.statusCode()).isEqualTo(413);
    assertThat(chunked.statusCode()).isEqualTo(413);
    assertThat(known.body()).contains("larger than 4,096 bytes");
  }

  @Test
  void letsARunningRequestEndWhenItStops() throws Exception {
    var running = client.sendAsync(request("/slow").build(), HttpResponse.BodyHandlers.ofString());
    entered.await();
    int port = server.port();

    var stopping = CompletableFuture.runAsync(() -> server.stop(Duration.ofSeconds(10)));
    Awaitility.await().until(() -> !accepts(port));
    release.countDown();

    assertThat(running.get().body()).isEqualTo("done");
    stopping.join();
  }

  @Test
  void saysWhichAddressCannotBeBound() {
    HttpServer second = server(server.port());

    assertThatThrownBy(second::start)
        .isInstanceOf(UncheckedIOException.class)
        .hasMessageContaining("/127.0.0.1:" + server.port());
  }

  @Test
  void countsAnswersByClass() throws Exception {
    get("/inline");
    get("/nothing");

    assertThat(meters.get("waybill.http.requests").tag("status", "2xx").counter().count())
        .isEqualTo(1);
    assertThat(meters.get("waybill.http.requests").tag("status", "4xx").counter().count())
        .isEqualTo(1);
  }

  @Test
  void refusesTwoRoutesForTheSame() {
    Route route = Route.get("/a", _ -> Response.text(200, ""));

    assertThatThrownBy(() -> new Routes(List.of(route, route)))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessage("two routes for GET /a");
  }

  private HttpServer server(int port) {
    return new HttpServer(
        new HttpSettings(
            "test",
            new InetSocketAddress(InetAddress.getLoopbackAddress(), port),
            1,
            HttpLimits.of(4096, 100),
            Map.of("Referrer-Policy", "no-referrer"),
            Json::problem),
        new Routes(
            List.of(
                Route.get("/things/{id}/parts/{part}", this::describe),
                Route.get("/things/special", _ -> Response.text(200, "literal")),
                Route.get("/things/{id}", r -> Response.text(200, "variable " + r.variable("id"))),
                Route.get("/inline", _ -> answer("inline")).withoutWaiting(),
                Route.get("/greetings", _ -> answer("")),
                Route.post("/greetings", HttpServerTest::greet),
                Route.get("/slow", _ -> slow()),
                Route.get(
                    "/split", _ -> Response.text(200, "").with("X-Evil", "a\r\nSet-Cookie: b")),
                Route.get(
                    "/fault",
                    _ -> {
                      throw new IllegalStateException("secret");
                    }))),
        InstantSource.fixed(Instant.parse("2026-11-21T10:00:00Z")),
        meters);
  }

  private Response describe(Request request) {
    return answer(
        String.join(
            "|",
            request.variable("id"),
            request.variable("part"),
            request.parameters().text("colour").orElseThrow(),
            request.remote().getHostAddress(),
            request.host()));
  }

  private Response answer(String text) {
    lastThread.set(Thread.currentThread().getName());
    return Response.text(200, text);
  }

  private static Response greet(Request request) {
    Greeting greeting = Json.read(request, Greeting.class);
    return Json.response(201, new Greeting(greeting.name(), greeting.times() + 1));
  }

  private Response slow() {
    try {
      entered.countDown();
      release.await();
    } catch (InterruptedException stopping) {
      Thread.currentThread().interrupt();
    }
    return Response.text(200, "done");
  }

  private static boolean accepts(int port) throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    } catch (ConnectException refused) {
      return false;
    }
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(request(path).GET());
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://localhost:" + server.port() + path))
        .version(HttpClient.Version.HTTP_1_1)
        .timeout(Duration.ofSeconds(20));
  }
}

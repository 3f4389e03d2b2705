package dev.waybill.relay.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.domains.DomainStatus;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.smtp.IpNetwork;
import dev.waybill.relay.storage.StorageException;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.suppression.Suppression;
import dev.waybill.relay.testing.RawHttpClient;
import dev.waybill.relay.tokens.Tokens;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class TrackingDoorTest {
  private static final String BROWSER =
      "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0";
  private static final EmailAddress JANE = EmailAddress.of("jane&co@customer.example");
  private static final DeliveryKey DELIVERY = new DeliveryKey(new UUID(1, 2), 3);
  private static final UUID DOMAIN = new UUID(4, 5);
  private static final SendingDomain SHOP =
      new SendingDomain(
          DOMAIN,
          DomainName.of("shop.example"),
          DomainStatus.VERIFIED,
          "send",
          true,
          true,
          null,
          false,
          Instant.EPOCH);
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");

  private volatile Instant now = NOON;
  private final List<Event> journal = new CopyOnWriteArrayList<>();
  private final Map<EmailAddress, Suppression> suppressed = new ConcurrentHashMap<>();
  private volatile boolean storageWorks = true;
  private volatile String destination = "https://shop.example/sale?a=1&b=2";
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final HttpClient client = HttpClient.newHttpClient();
  @TempDir Path folder;
  private TrackingDoor door;
  private String list = "marketing";

  @BeforeEach
  void start() {
    door =
        new TrackingDoor(
            new TrackingSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Optional.empty(),
                Set.of("track.relay.test"),
                Privacy.TRUNCATED,
                List.of(IpNetwork.of("127.0.0.1")),
                folder.resolve("spill")),
            new TrackingDoor.Readers(
                token -> authentic(token).map(_ -> DELIVERY),
                token -> authentic(token).map(_ -> new Tokens.Click(DELIVERY, destination)),
                token ->
                    authentic(token)
                        .map(_ -> new Tokens.Unsubscribe(DELIVERY, DOMAIN, JANE, list))),
            new TrackingDoor.Ledger(this::origin, this::record),
            new Subscriptions(
                this::suppress,
                this::takeBack,
                new Senders(
                    id -> Optional.of(SHOP).filter(shop -> shop.id().equals(id)),
                    (_, _) -> Optional.empty()),
                name -> name.equals("weekly-news") ? "Weekly <news>" : ""),
            List.of(),
            new TrackingDoor.Surroundings(
                () -> List.of(DomainName.of("shop.example"), DomainName.of("other.example")),
                () -> now,
                new Random(1),
                meters));
    door.start();
  }

  @AfterEach
  void stop() {
    client.close();
    door.stop(Duration.ofSeconds(5));
  }

  @Test
  void answersAnOpenWithTheSmallestPicture() throws Exception {
    var answer =
        client.send(request("/o/good.gif").build(), HttpResponse.BodyHandlers.ofByteArray());

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).hasSize(43).startsWith("GIF89a".getBytes(StandardCharsets.US_ASCII));
    assertThat(answer.headers().firstValue("Content-Type")).hasValue("image/gif");
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(event())
        .isEqualTo(
            new Event(
                EventType.EMAIL_OPENED,
                NOON,
                DELIVERY,
                "jane@customer.example",
                "shop.example",
                Map.of("user_agent", BROWSER, "ip_address", "127.0.0.0", "machine", "false")));
    Awaitility.await().until(() -> counted("open", "human") == 1);
  }

  @Test
  void leadsAClickToItsDestination() throws Exception {
    var answer = get("/c/good");

    assertThat(answer.statusCode()).isEqualTo(302);
    assertThat(answer.headers().firstValue("Location")).hasValue(destination);
    assertThat(event().type()).isEqualTo(EventType.EMAIL_CLICKED);
    assertThat(event().facts())
        .containsEntry("link", destination)
        .containsEntry("machine", "false");
  }

  @Test
  void ignoresWhatScannersAppendToALink() throws Exception {
    try (RawHttpClient scanner = new RawHttpClient(door.port())) {
      scanner.send("GET /c/good?x=%zz&y&y HTTP/1.1\r\nHost: links.shop.example\r\n\r\n");
      assertThat(scanner.read().status()).isEqualTo(302);
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"javascript:alert(1)", "data:text/html,x", "//evil.example/", "https:///x", ""})
  void leadsNowhereButToTheWeb(String link) throws Exception {
    destination = link;

    var answer = get("/c/good");

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.headers().firstValue("Location")).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"/o/forged.gif", "/o/good", "/o/good.png", "/c/forged", "/u/forged"})
  void answers404ToForgedTokens(String path) throws Exception {
    var answer = get(path);

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.body()).contains("This link does not work");
    assertThat(send(request(path).POST(BodyPublishers.noBody())).statusCode()).isIn(404, 405);
    door.stop(Duration.ofSeconds(5));
    assertThat(journal).isEmpty();
    assertThat(suppressed).isEmpty();
  }

  @Test
  void labelsMachinesAndKeepsThem() throws Exception {
    send(request("/o/good.gif").method("HEAD", BodyPublishers.noBody()));
    send(request("/o/good.gif").setHeader("User-Agent", "Barracuda Sentinel (EE)"));
    send(request("/c/good").setHeader("Sec-Purpose", "prefetch;prerender"));
    send(request("/c/good").setHeader("User-Agent", "x".repeat(5_000)));

    Awaitility.await().until(() -> journal.size() == 4);
    assertThat(journal.subList(0, 3))
        .allSatisfy(event -> assertThat(event.facts()).containsEntry("machine", "true"));
    assertThat(journal.get(3).facts())
        .containsEntry("machine", "false")
        .containsEntry("user_agent", "x".repeat(300));
    Awaitility.await().until(() -> counted("open", "machine") == 2);
  }

  @Test
  void saysWhyItTakesAVisitForAMachines() throws Exception {
    send(request("/o/good.gif").method("HEAD", BodyPublishers.noBody()));
    door.leaves(DELIVERY);
    get("/c/good");
    door.settled(DELIVERY, true);
    now = NOON.plusMillis(1_900);
    get("/o/good.gif");
    now = NOON.plusSeconds(2);
    get("/c/good");
    door.leaves(DELIVERY);
    door.settled(DELIVERY, false);
    get("/c/good");

    Awaitility.await().until(() -> journal.size() == 5);
    assertThat(journal)
        .extracting(event -> event.facts().getOrDefault("machine_reason", "-"))
        .containsExactly("head", "early", "early", "-", "-");
  }

  @Test
  void tellsWhomItsProxySpeaksFor() throws Exception {
    send(request("/c/good").header("X-Forwarded-For", "198.51.100.1, 192.0.2.77"));

    assertThat(event().facts()).containsEntry("ip_address", "192.0.2.0");
  }

  @ParameterizedTest
  @CsvSource({
    "track.relay.test, 302",
    "LINKS.shop.example:8080, 302",
    "links.other.example, 302",
    "192.0.2.1:8080, 302",
    "links.evil.example, 421",
    "evil.track.relay.test, 421",
  })
  void answersForItsHostsOnly(String host, int status) throws Exception {
    try (RawHttpClient browser = new RawHttpClient(door.port())) {
      RawHttpClient.Answer answer =
          browser.send("GET /c/good HTTP/1.1\r\nHost: " + host + "\r\n\r\n").read();
      assertThat(answer.status()).isEqualTo(status);
      assertThat(answer.headers().containsKey("location")).isEqualTo(status == 302);
      browser.send("GET /robots.txt HTTP/1.1\r\nHost: track.relay.test\r\n\r\n");
      assertThat(browser.read().status()).isEqualTo(200);
    }
  }

  @Test
  void givesNoPartsOfThePicture() throws Exception {
    var answer = send(request("/o/good.gif").header("Range", "bytes=0-5"));

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.headers().firstValue("Accept-Ranges")).hasValue("none");
    assertThat(answer.headers().firstValue("Content-Length")).hasValue("43");
    assertThat(answer.headers().firstValue("Strict-Transport-Security")).isEmpty();
  }

  @Test
  void asksBeforeItUnsubscribes() throws Exception {
    var page = get("/u/good");

    assertThat(page.statusCode()).isEqualTo(200);
    assertThat(page.body())
        .contains("jane&amp;co@customer.example")
        .contains("<form method=\"post\">")
        .doesNotContain("<script")
        .doesNotContain("http");
    assertThat(page.headers().firstValue("Content-Security-Policy").orElseThrow())
        .startsWith("default-src 'none'; style-src 'sha256-");
    door.stop(Duration.ofSeconds(5));
    assertThat(suppressed).isEmpty();
    assertThat(journal).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(strings = {"List-Unsubscribe=One-Click", ""})
  void unsubscribesDurablyBeforeItSaysSo(String body) throws Exception {
    var answer = unsubscribe(body);

    assertThat(suppressed).containsKey(JANE);
    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("You are unsubscribed");
    assertThat(event())
        .isEqualTo(
            new Event(
                EventType.EMAIL_UNSUBSCRIBED,
                NOON,
                DELIVERY,
                JANE.toString(),
                "shop.example",
                Map.of("user_agent", BROWSER, "ip_address", "127.0.0.0")));
  }

  @Test
  void takesAnUnsubscribingBackOnTheSamePage() throws Exception {
    assertThat(unsubscribe("List-Unsubscribe=One-Click").body())
        .contains("name=\"change\" value=\"subscribe\"");

    var answer = unsubscribe("change=subscribe");

    assertThat(answer.statusCode()).isEqualTo(200);
    assertThat(answer.body()).contains("You are subscribed again", "from <bdi>shop.example</bdi>");
    assertThat(suppressed).isEmpty();
    storageWorks = false;
    assertThat(unsubscribe("change=subscribe").body())
        .contains("did not work just now", "value=\"subscribe\"");
  }

  @Test
  void namesTheListThatALinkIsAbout() throws Exception {
    list = "weekly-news";

    assertThat(get("/u/good").body()).contains("from “<bdi>Weekly &lt;news&gt;</bdi>”?");
    assertThat(unsubscribe("List-Unsubscribe=One-Click").body())
        .contains("no more mail of “<bdi>Weekly &lt;news&gt;</bdi>” from <bdi>shop.example</bdi>");
    assertThat(unsubscribe("change=subscribe").body())
        .contains("will get “<bdi>Weekly &lt;news&gt;</bdi>” from <bdi>shop.example</bdi>");
  }

  @ParameterizedTest
  @ValueSource(strings = {"change=other", "change=subscribe&change=subscribe", "%", "a&&=&b=%zz"})
  void everyOtherBodyUnsubscribes(String body) throws Exception {
    assertThat(unsubscribe(body).statusCode()).isEqualTo(200);
    assertThat(suppressed).containsKey(JANE);
  }

  @Test
  void speaksTheBrowsersLanguage() throws Exception {
    var page = send(request("/u/good").header("Accept-Language", "ar-EG,ar;q=0.9,en;q=0.5"));

    assertThat(page.headers().firstValue("Content-Language")).hasValue("ar");
    assertThat(page.headers().firstValue("Vary")).hasValue("Accept-Language");
    assertThat(page.body())
        .contains("<html lang=\"ar\" dir=\"rtl\">")
        .contains("<bdi>jane&amp;co@customer.example</bdi>");
  }

  @Test
  void tellsTheJournalOfAnUnsubscribeOnce() throws Exception {
    unsubscribe("");
    now = NOON.plusSeconds(60);
    assertThat(unsubscribe("").statusCode()).isEqualTo(200);

    door.stop(Duration.ofSeconds(5));
    assertThat(journal).hasSize(1);
  }

  @Test
  void admitsWhenItCouldNotUnsubscribe() throws Exception {
    storageWorks = false;

    var answer = unsubscribe("List-Unsubscribe=One-Click");

    assertThat(answer.statusCode()).isEqualTo(503);
    assertThat(answer.headers().firstValue("Retry-After")).isPresent();
    assertThat(answer.body()).contains("Please try again").doesNotContain("disk");
    assertThat(suppressed).isEmpty();
    storageWorks = true;
    door.stop(Duration.ofSeconds(5));
    assertThat(journal).isEmpty();
  }

  @Test
  void leadsOnWhileTheStorageIsGoneAndRecordsLater() throws Exception {
    storageWorks = false;
    for (int i = 0; i < 20; i++) {
      assertThat(get("/c/good").statusCode()).isEqualTo(302);
    }
    assertThat(journal).isEmpty();

    storageWorks = true;

    Awaitility.await().untilAsserted(() -> assertThat(journal).hasSize(20));
  }

  @Test
  void servesTheFewOtherThingsThatAreAskedFor() throws Exception {
    for (String path : List.of("/", "/favicon.ico", "/robots.txt")) {
      var answer = get(path);
      assertThat(answer.statusCode()).as(path).isEqualTo(200);
      assertThat(answer.headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
      assertThat(answer.headers().firstValue("Set-Cookie")).isEmpty();
    }
    assertThat(get("/robots.txt").body()).isEqualTo("User-agent: *\nDisallow: /\n");
    assertThat(get("/nothing").headers().firstValue("Referrer-Policy")).hasValue("no-referrer");
  }

  private static Optional<String> authentic(String token) {
    return token.equals("good") ? Optional.of(token) : Optional.empty();
  }

  private Optional<Event> origin(DeliveryKey delivery) {
    requireStorage();
    return Optional.of(
        new Event(
            EventType.EMAIL_SENT,
            NOON.minusSeconds(60),
            delivery,
            "jane@customer.example",
            "shop.example",
            Map.of()));
  }

  private CompletableFuture<Void> record(Event event) {
    requireStorage();
    journal.add(event);
    return CompletableFuture.completedFuture(null);
  }

  private Suppression suppress(Tokens.Unsubscribe wish) {
    requireStorage();
    return suppressed.computeIfAbsent(
        wish.recipient(),
        address ->
            new Suppression(
                new UUID(6, 7),
                address,
                wish.domainId(),
                Stream.MARKETING.name(),
                Suppression.Origin.UNSUBSCRIBE,
                now,
                null));
  }

  private boolean takeBack(Tokens.Unsubscribe wish) {
    requireStorage();
    return suppressed.remove(wish.recipient()) != null;
  }

  private void requireStorage() {
    if (!storageWorks) {
      throw new StorageException("the disk is gone", new IOException("disk"));
    }
  }

  private Event event() {
    Awaitility.await().until(() -> !journal.isEmpty());
    return journal.getFirst();
  }

  private double counted(String type, String agent) {
    var counter = meters.find("waybill.tracking.events").tags("type", type, "agent", agent);
    return counter.counter() == null ? 0 : counter.counter().count();
  }

  private HttpResponse<String> unsubscribe(String body) throws Exception {
    return send(
        request("/u/good")
            .header("Content-Type", "application/x-www-form-urlencoded")
            .POST(BodyPublishers.ofString(body)));
  }

  private HttpResponse<String> get(String path) throws Exception {
    return send(request(path));
  }

  private HttpResponse<String> send(HttpRequest.Builder request) throws Exception {
    return client.send(request.build(), HttpResponse.BodyHandlers.ofString());
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + path))
        .version(HttpClient.Version.HTTP_1_1)
        .timeout(Duration.ofSeconds(20))
        .header("User-Agent", BROWSER);
  }
}

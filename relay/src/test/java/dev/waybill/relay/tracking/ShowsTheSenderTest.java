package dev.waybill.relay.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.brand.Brand;
import dev.waybill.relay.brand.Logo;
import dev.waybill.relay.brand.PictureFormat;
import dev.waybill.relay.domains.DomainStatus;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.storage.StorageException;
import dev.waybill.relay.suppression.Suppression;
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
import java.net.http.HttpResponse.BodyHandlers;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.FieldSource;
import org.junit.jupiter.params.provider.ValueSource;

/// What a domain shows of itself on the unsubscribe page.
class ShowsTheSenderTest {
  @SuppressWarnings("unused")
  private static final List<String> LANGUAGES = PageTexts.LANGUAGES;

  private static final UUID DOMAIN = UUID.fromString("0199a0b0-0000-7000-8000-00000000000d");
  private static final String DIGEST = "0123456789abcdef".repeat(4);
  private static final Logo LOGO = new Logo(PictureFormat.PNG, 5, 600, 200, DIGEST);
  private static final String LOGO_PATH = "/l/" + DOMAIN + "/" + DIGEST;
  private static final byte[] PICTURE = {1, 2, 3, 4, 5};

  private final HttpClient client = HttpClient.newHttpClient();
  private final AtomicInteger looks = new AtomicInteger();
  private final CountDownLatch database = new CountDownLatch(1);
  private volatile boolean databaseHangs;
  private volatile boolean databaseFails;
  private volatile Brand brand = new Brand("Müller & Söhne", null, LOGO);
  @TempDir Path folder;
  private TrackingDoor door;

  @BeforeEach
  void start() {
    door =
        new TrackingDoor(
            new TrackingSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
                Optional.empty(),
                Set.of(),
                Privacy.TRUNCATED,
                List.of(),
                folder.resolve("spill")),
            new TrackingDoor.Readers(
                _ -> Optional.empty(),
                _ -> Optional.empty(),
                _ ->
                    Optional.of(
                        new Tokens.Unsubscribe(
                            new DeliveryKey(new UUID(1, 2), 3),
                            DOMAIN,
                            EmailAddress.of("jane@customer.example"),
                            "marketing"))),
            new TrackingDoor.Ledger(
                _ -> Optional.empty(), _ -> CompletableFuture.completedFuture(null)),
            new Subscriptions(
                ShowsTheSenderTest::suppress,
                _ -> true,
                new Senders(this::domain, this::picture),
                _ -> ""),
            List.of(),
            new TrackingDoor.Surroundings(
                List::of, () -> Instant.EPOCH, new Random(1), new SimpleMeterRegistry()));
    door.start();
  }

  @AfterEach
  void stop() {
    database.countDown();
    client.close();
    door.stop(Duration.ofSeconds(5));
  }

  @Test
  void callsTheSenderByItsNameAndKeepsTheDomainInSight() throws Exception {
    String page = page("en");

    assertThat(page)
        .contains("<title>Unsubscribe · Müller &amp; Söhne</title>")
        .contains("<h1>Unsubscribe from <bdi>Müller &amp; Söhne</bdi>?</h1>")
        .contains("<p class=\"sender\">Sender: <bdi>shop.example</bdi></p>")
        .contains(
            "<img class=\"logo\" src=\"%s\" width=\"144\" height=\"48\" alt=\"Müller &amp; Söhne\">"
                .formatted(LOGO_PATH))
        .doesNotContain("class=\"mark\"");
    String done = post("/u/x", "");
    assertThat(done)
        .contains("You are unsubscribed", "offers from <bdi>Müller &amp; Söhne</bdi>.")
        .contains("Sender: <bdi>shop.example</bdi>", LOGO_PATH);
    assertThat(post("/u/x", "change=subscribe"))
        .contains("subscribed again", "Sender: <bdi>shop.example</bdi>", LOGO_PATH);
    assertThat(looks).hasValue(0);
  }

  @ParameterizedTest
  @FieldSource("LANGUAGES")
  void readsWellInEveryLanguage(String language) throws Exception {
    brand = new Brand("שופ <b> {0} $1", null, LOGO);

    String page = page(language);

    assertThat(page)
        .contains("<bdi>שופ &lt;b&gt; {0} $1</bdi>")
        .containsPattern("<p class=\"sender\">[^<{]+<bdi>shop.example</bdi></p>")
        .contains(" · \u2068שופ &lt;b&gt; {0} $1\u2069</title>")
        .doesNotContain("<b>");
  }

  @Test
  void showsTheDomainAloneWhereThereIsNothingElse() throws Exception {
    brand = Brand.NONE;

    assertThat(page("en"))
        .contains("<title>Unsubscribe</title>", "Unsubscribe from <bdi>shop.example</bdi>?")
        .contains("class=\"mark\"")
        .doesNotContain("<img", "class=\"sender\"");
  }

  @Test
  void servesTheLogoForGood() throws Exception {
    for (int i = 0; i < 3; i++) {
      var answer = client.send(request(LOGO_PATH).build(), BodyHandlers.ofByteArray());
      assertThat(answer.statusCode()).isEqualTo(200);
      assertThat(answer.body()).isEqualTo(PICTURE);
      assertThat(answer.headers().firstValue("Content-Type")).hasValue("image/png");
      assertThat(answer.headers().firstValue("X-Content-Type-Options")).hasValue("nosniff");
      assertThat(answer.headers().firstValue("Cache-Control"))
          .hasValue("public, max-age=31536000, immutable");
    }
    assertThat(looks).hasValue(1);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/l/0199a0b0-0000-7000-8000-00000000000d/",
        "/l/0199a0b0-0000-7000-8000-00000000000d/x",
        "/l/0199A0B0-0000-7000-8000-00000000000D/" + "0123456789abcdef0123456789abcdef",
        "/l/0199a0b0-0000-7000-8000-00000000000e/"
            + "0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "/l/1-1-1-1-1/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "/l/shop.example/0123456789abcdef0123456789abcdef0123456789abcdef0123456789abcdef",
        "/l"
      })
  void givesOutNothingElseAndAsksNoDatabase(String path) throws Exception {
    HttpResponse<String> answer = client.send(request(path).build(), BodyHandlers.ofString());

    assertThat(answer.statusCode()).isEqualTo(404);
    assertThat(answer.headers().firstValue("Cache-Control")).hasValue("no-store");
    assertThat(looks).hasValue(0);
  }

  @Test
  void forgetsALogoThatWasTakenAway() throws Exception {
    assertThat(status(LOGO_PATH)).isEqualTo(200);
    brand = Brand.NONE;
    assertThat(status(LOGO_PATH)).isEqualTo(404);
  }

  @Test
  void showsThePageWhileTheDatabaseHangsOrFails() throws Exception {
    databaseFails = true;
    assertThat(status(LOGO_PATH)).isEqualTo(503);
    databaseFails = false;
    databaseHangs = true;
    CompletableFuture<HttpResponse<byte[]>> waiting =
        client.sendAsync(request(LOGO_PATH).build(), BodyHandlers.ofByteArray());

    assertThat(page("en")).contains(LOGO_PATH);

    assertThat(waiting).isNotDone();
    database.countDown();
    assertThat(waiting.get().statusCode()).isEqualTo(200);
  }

  private Optional<SendingDomain> domain(UUID id) {
    return id.equals(DOMAIN)
        ? Optional.of(
            new SendingDomain(
                DOMAIN,
                DomainName.of("shop.example"),
                DomainStatus.VERIFIED,
                "send",
                true,
                true,
                null,
                false,
                Instant.EPOCH,
                brand))
        : Optional.empty();
  }

  private Optional<byte[]> picture(UUID id, Logo logo) {
    looks.incrementAndGet();
    if (databaseFails) {
      throw new StorageException("the disk is gone", new IOException("disk"));
    }
    if (databaseHangs) {
      try {
        database.await();
      } catch (InterruptedException interrupted) {
        throw new AssertionError(interrupted);
      }
    }
    return Optional.of(PICTURE).filter(_ -> id.equals(DOMAIN) && logo.equals(LOGO));
  }

  private static Suppression suppress(Tokens.Unsubscribe wish) {
    return new Suppression(
        new UUID(6, 7),
        wish.recipient(),
        wish.domainId(),
        "marketing",
        Suppression.Origin.UNSUBSCRIBE,
        Instant.EPOCH,
        null);
  }

  private String page(String language) throws Exception {
    HttpRequest request = request("/u/x").header("Accept-Language", language).build();
    HttpResponse<String> answer = client.send(request, BodyHandlers.ofString());
    assertThat(answer.statusCode()).isEqualTo(200);
    return answer.body();
  }

  private String post(String path, String body) throws Exception {
    HttpRequest request = request(path).POST(BodyPublishers.ofString(body)).build();
    return client.send(request, BodyHandlers.ofString()).body();
  }

  private int status(String path) throws Exception {
    return client.send(request(path).build(), BodyHandlers.discarding()).statusCode();
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + door.port() + path))
        .timeout(Duration.ofSeconds(20));
  }
}

package dev.waybill.relay.tracking;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.Journal;
import dev.waybill.relay.http.HttpLimits;
import dev.waybill.relay.http.HttpServer;
import dev.waybill.relay.http.HttpSettings;
import dev.waybill.relay.http.Problem;
import dev.waybill.relay.http.Refusal;
import dev.waybill.relay.http.Request;
import dev.waybill.relay.http.Response;
import dev.waybill.relay.http.Route;
import dev.waybill.relay.http.Routes;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.suppression.Suppression;
import dev.waybill.relay.suppression.Suppressions;
import dev.waybill.relay.tokens.Tokens;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The web server behind the links of delivered messages.
///
/// `start` and `stop` belong to the one thread that runs the relay's life. Opens and clicks are
/// answered from the token alone, without a database and without waiting; their events follow in
/// the background. Unsubscribing is answered when it is durable.
public final class TrackingDoor {
  private static final Logger LOG = LoggerFactory.getLogger(TrackingDoor.class);

  /// The smallest picture there is: GIF89a, one transparent pixel, 43 bytes.
  private static final byte[] PIXEL =
      Base64.getDecoder().decode("R0lGODlhAQABAIAAAAAAAP///yH5BAEAAAAALAAAAAABAAEAAAICRAEAOw==");

  private static final int MAX_BODY = 16 * 1024;
  private static final int MAX_CONNECTIONS = 10_000;

  /// What reads the tokens; each is empty for anything forged or altered.
  public record Readers(
      Function<String, Optional<DeliveryKey>> open,
      Function<String, Optional<Tokens.Click>> click,
      Function<String, Optional<Tokens.Unsubscribe>> unsubscribe) {

    public static Readers of(Tokens tokens) {
      return new Readers(tokens::readOpen, tokens::readClick, tokens::readUnsubscribe);
    }
  }

  /// Where news goes.
  ///
  /// @param origin finds the first event of a delivery
  /// @param recording appends an event without waiting; the future completes when it is durable
  /// @param suppressing puts the recipient on the marketing list durably before it returns; gives
  ///   the entry that was there already, if any
  public record Ledger(
      Function<DeliveryKey, Optional<Event>> origin,
      Function<Event, CompletableFuture<Void>> recording,
      Function<Tokens.Unsubscribe, Suppression> suppressing) {

    public static Ledger of(Journal journal, Suppressions suppressions) {
      return new Ledger(
          journal::origin,
          journal::record,
          wish ->
              suppressions.add(
                  wish.recipient(),
                  wish.domainId(),
                  Stream.MARKETING,
                  Suppression.Origin.UNSUBSCRIBE));
    }
  }

  private final Readers readers;
  private final Ledger ledger;
  private final InstantSource clock;
  private final Recorder recorder;
  private final HttpServer server;

  /// @param pages what the host serves besides links
  public TrackingDoor(
      TrackingSettings settings,
      Readers readers,
      Ledger ledger,
      List<Route> pages,
      InstantSource clock,
      MeterRegistry meters) {
    this.readers = readers;
    this.ledger = ledger;
    this.clock = clock;
    this.recorder = new Recorder(ledger, Machines.load(), meters);
    this.server = new HttpServer(server(settings), routes(pages), clock, meters);
  }

  /// Binds and serves; once only.
  ///
  /// @throws UncheckedIOException when the address cannot be bound
  public void start() {
    recorder.start();
    server.start();
  }

  /// The port that is really bound.
  public int port() {
    return server.port();
  }

  /// Ends running requests, then records what waits; each for at most the grace.
  public void stop(Duration grace) {
    server.stop(grace);
    recorder.stop(grace);
  }

  private static HttpSettings server(TrackingSettings settings) {
    return new HttpSettings(
        "tracking",
        settings.listen(),
        Runtime.getRuntime().availableProcessors(),
        HttpLimits.of(MAX_BODY, MAX_CONNECTIONS),
        Map.of("Referrer-Policy", "no-referrer"),
        Pages::problem);
  }

  private Routes routes(List<Route> pages) {
    Response favicon =
        Response.of(200, "image/x-icon", resource("favicon.ico"))
            .with("Cache-Control", "public, max-age=604800");
    Response robots = Response.text(200, "User-agent: *\nDisallow: /\n");
    List<Route> all = new ArrayList<>(pages);
    all.addAll(
        List.of(
            Route.get("/o/{file}", this::open).withoutWaiting(),
            Route.get("/c/{token}", this::click).withoutWaiting(),
            Route.get("/u/{token}", this::askToUnsubscribe).withoutWaiting(),
            Route.post("/u/{token}", this::unsubscribe),
            Route.get("/", _ -> Pages.home()).withoutWaiting(),
            Route.get("/favicon.ico", _ -> favicon).withoutWaiting(),
            Route.get("/robots.txt", _ -> robots).withoutWaiting()));
    return new Routes(all);
  }

  private Response open(Request request) {
    String file = request.variable("file");
    if (!file.endsWith(".gif")) {
      throw unknownLink();
    }
    DeliveryKey delivery =
        readers
            .open()
            .apply(file.substring(0, file.length() - ".gif".length()))
            .orElseThrow(TrackingDoor::unknownLink);
    recorder.add(Sighting.open(clock.instant(), delivery, Visit.of(request)));
    return Response.of(200, "image/gif", PIXEL).with("Cache-Control", "no-store");
  }

  private Response click(Request request) {
    Tokens.Click click =
        readers.click().apply(request.variable("token")).orElseThrow(TrackingDoor::unknownLink);
    String location =
        Destination.location(click.destination()).orElseThrow(TrackingDoor::unknownLink);
    recorder.add(
        Sighting.click(clock.instant(), click.delivery(), click.destination(), Visit.of(request)));
    return Response.redirect(302, location).with("Cache-Control", "no-store");
  }

  private Response askToUnsubscribe(Request request) {
    return Pages.ask(wish(request).recipient().toString());
  }

  /// The button and a mailbox provider's one-click post (RFC 8058 §3.2) alike. The body is not
  /// asked for: whoever posts to an authentic link wants exactly this, and some providers' bodies
  /// differ.
  private Response unsubscribe(Request request) {
    Tokens.Unsubscribe wish = wish(request);
    Instant now = clock.instant();
    Suppression entry;
    try {
      entry = ledger.suppressing().apply(wish);
    } catch (RuntimeException storageTrouble) {
      LOG.error("An unsubscribe of {} could not be kept", wish.delivery(), storageTrouble);
      return Pages.tryAgain();
    }
    boolean alreadyUnsubscribed =
        entry.origin() == Suppression.Origin.UNSUBSCRIBE && entry.createdAt().isBefore(now);
    if (!alreadyUnsubscribed) {
      recorder.add(
          Sighting.unsubscribe(
              now, wish.delivery(), wish.recipient().toString(), Visit.of(request)));
    }
    return Pages.done(wish.recipient().toString());
  }

  private Tokens.Unsubscribe wish(Request request) {
    return readers
        .unsubscribe()
        .apply(request.variable("token"))
        .orElseThrow(TrackingDoor::unknownLink);
  }

  private static Refusal unknownLink() {
    return new Refusal(Problem.notFound("this link is not one of ours"));
  }

  private static byte[] resource(String name) {
    try (InputStream data = TrackingDoor.class.getResourceAsStream(name)) {
      if (data == null) {
        throw new IOException(name + " is missing beside TrackingDoor.class");
      }
      return data.readAllBytes();
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}

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
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.tls.CertificateFolder;
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
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/// The web server behind the links of delivered messages.
///
/// `start` and `stop` belong to the one thread that runs the relay's life. Opens and clicks are
/// answered from the token alone, without a database and without waiting; their events follow in
/// the background. Unsubscribing is answered when it is durable.
public final class TrackingDoor {

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
  public record Ledger(
      Function<DeliveryKey, Optional<Event>> origin,
      Function<Event, CompletableFuture<Void>> recording) {

    public static Ledger of(Journal journal) {
      return new Ledger(journal::origin, journal::record);
    }
  }

  /// What the door needs of the relay around it.
  ///
  /// @param domains the names of all domains that were ever registered; answered from memory
  /// @param random for what only this process may know
  public record Surroundings(
      Supplier<? extends Collection<DomainName>> domains,
      InstantSource clock,
      RandomGenerator random,
      MeterRegistry meters) {}

  private final Readers readers;
  private final Unsubscribing unsubscribing;
  private final Logos logos;
  private final InstantSource clock;
  private final Visitors visitors;
  private final RecentDeliveries deliveries = new RecentDeliveries();
  private final Recorder recorder;
  private final Optional<CertificateFolder> certificates;
  private final HttpServer server;

  /// Parts of it are never sent: 43 octets are no download to resume (RFC 9110 §14.3).
  private final Response pixel =
      Response.of(200, "image/gif", PIXEL)
          .with("Cache-Control", "no-store")
          .with("Accept-Ranges", "none");

  /// @param pages what the host serves besides links
  /// @throws UncheckedIOException when `tracking.certificates` cannot be read
  public TrackingDoor(
      TrackingSettings settings,
      Readers readers,
      Ledger ledger,
      Subscriptions subscriptions,
      List<Route> pages,
      Surroundings surroundings) {
    this.readers = readers;
    this.unsubscribing = new Unsubscribing(subscriptions, this::recordUnsubscribe);
    this.logos = new Logos(subscriptions.senders());
    this.clock = surroundings.clock();
    this.visitors =
        new Visitors(settings.privacy(), settings.proxyNetworks(), surroundings.random());
    this.recorder = new Recorder(ledger, Machines.load(), settings.spill(), surroundings.meters());
    this.certificates =
        settings
            .secure()
            .map(secure -> CertificateFolder.open(secure.certificates(), surroundings.meters()));
    Hosts hosts = new Hosts(settings.hosts(), surroundings.domains(), clock);
    this.server =
        new HttpServer(server(settings, hosts), routes(pages), clock, surroundings.meters());
  }

  /// Binds and serves; once only.
  ///
  /// @throws UncheckedIOException when an address cannot be bound or the file for what waits cannot
  ///   be opened
  public void start() {
    recorder.start();
    server.start();
  }

  /// The port that is really bound.
  public int port() {
    return server.port();
  }

  /// The port that is really bound for TLS.
  ///
  /// @throws IllegalStateException when there is none
  public int tlsPort() {
    return server.tlsPort();
  }

  /// Takes over certificates that changed; now and then.
  public void look() {
    certificates.ifPresent(CertificateFolder::look);
  }

  /// A copy leaves now: who looks at it before it is settled is a machine.
  public void leaves(DeliveryKey delivery) {
    deliveries.leaves(delivery);
  }

  /// The attempt of [#leaves] ended.
  ///
  /// @param delivered whether the host took the copy
  public void settled(DeliveryKey delivery, boolean delivered) {
    if (delivered) {
      deliveries.arrived(delivery, clock.instant());
    } else {
      deliveries.ended(delivery);
    }
  }

  /// Ends running requests, then records what waits; each for at most the grace.
  public void stop(Duration grace) {
    server.stop(grace);
    recorder.stop(grace);
  }

  private HttpSettings server(TrackingSettings settings, Hosts hosts) {
    return new HttpSettings(
        "tracking",
        settings.listen(),
        Runtime.getRuntime().availableProcessors(),
        HttpLimits.of(MAX_BODY, MAX_CONNECTIONS),
        Map.of("Referrer-Policy", "no-referrer"),
        Pages::problem,
        hosts::isOurs,
        settings
            .secure()
            .flatMap(secure ->
                certificates.map(
                    folder -> new HttpSettings.Secure(secure.listen(), folder::context))));
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
            Route.get("/u/{token}", request -> unsubscribing.ask(request, wish(request)))
                .withoutWaiting(),
            Route.post(
                "/u/{token}",
                request -> unsubscribing.answer(request, wish(request), clock.instant())),
            Route.get("/l/{domain}/{digest}", logos::answer),
            Route.get("/", TrackingDoor::home).withoutWaiting(),
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
    Instant now = clock.instant();
    recorder.add(Sighting.open(now, delivery, visit(request, delivery, now)));
    return pixel;
  }

  private Response click(Request request) {
    Tokens.Click click =
        readers.click().apply(request.variable("token")).orElseThrow(TrackingDoor::unknownLink);
    String location =
        Destination.location(click.destination()).orElseThrow(TrackingDoor::unknownLink);
    Instant now = clock.instant();
    recorder.add(
        Sighting.click(
            now, click.delivery(), click.destination(), visit(request, click.delivery(), now)));
    return Response.redirect(302, location).with("Cache-Control", "no-store");
  }

  private void recordUnsubscribe(Request request, Tokens.Unsubscribe wish) {
    Instant now = clock.instant();
    recorder.add(
        Sighting.unsubscribe(
            now,
            wish.delivery(),
            wish.recipient().toString(),
            visit(request, wish.delivery(), now)));
  }

  private static Response home(Request request) {
    return Pages.home(PageTexts.of(request.header("Accept-Language").orElse("")));
  }

  private Visit visit(Request request, DeliveryKey delivery, Instant now) {
    return visitors.see(request, now, deliveries.isEarly(delivery, now));
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

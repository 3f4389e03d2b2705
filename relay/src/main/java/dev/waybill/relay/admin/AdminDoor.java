package dev.waybill.relay.admin;

import dev.waybill.relay.access.ApiKeys;
import dev.waybill.relay.access.KeyGuard;
import dev.waybill.relay.breakers.Breakers;
import dev.waybill.relay.dmarc.DmarcReports;
import dev.waybill.relay.doctor.Doctor;
import dev.waybill.relay.domains.Domains;
import dev.waybill.relay.events.Journal;
import dev.waybill.relay.http.HttpLimits;
import dev.waybill.relay.http.HttpServer;
import dev.waybill.relay.http.HttpSettings;
import dev.waybill.relay.http.Json;
import dev.waybill.relay.http.Route;
import dev.waybill.relay.http.Routes;
import dev.waybill.relay.metrics.Metrics;
import dev.waybill.relay.operations.Operations;
import dev.waybill.relay.queue.Queue;
import dev.waybill.relay.queue.QueueSettings;
import dev.waybill.relay.rendering.Comparisons;
import dev.waybill.relay.sources.WarmUps;
import dev.waybill.relay.streams.Streams;
import dev.waybill.relay.suppression.Suppressions;
import dev.waybill.relay.transcripts.Transcripts;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/// The admin API, `/metrics`, `/healthz` and `/readyz` on one port.
///
/// `start` and `stop` belong to the one thread that runs the relay's life.
public final class AdminDoor {
  private static final int MAX_BODY = 1024 * 1024;
  private static final int MAX_CONNECTIONS = 500;

  /// What the API shows and changes.
  public record Ledgers(
      Domains domains,
      ApiKeys keys,
      KeyGuard guard,
      Suppressions suppressions,
      Streams streams,
      QueueSettings queueSettings,
      Queue queue,
      Operations operations,
      Breakers breakers,
      DmarcReports dmarc,
      Journal journal,
      Comparisons comparisons,
      Transcripts transcripts,
      WarmUps warmUps,
      Doctor doctor) {}

  /// This node, for `/status`.
  ///
  /// @param hostname the relay's public name
  public record Node(String version, String hostname, Instant startedAt) {}

  private final HttpServer server;

  public AdminDoor(
      AdminSettings settings, Ledgers ledgers, Node node, Metrics metrics, InstantSource clock) {
    this.server =
        new HttpServer(
            server(settings), routes(ledgers, node, metrics, clock), clock, metrics.registry());
  }

  /// Binds and serves; once only.
  ///
  /// @throws UncheckedIOException when the address cannot be bound
  public void start() {
    server.start();
  }

  /// The port that is really bound.
  public int port() {
    return server.port();
  }

  /// Ends running requests, for at most the grace.
  public void stop(Duration grace) {
    server.stop(grace);
  }

  private static HttpSettings server(AdminSettings settings) {
    return new HttpSettings(
        "admin",
        settings.listen(),
        1,
        HttpLimits.of(MAX_BODY, MAX_CONNECTIONS),
        Map.of("Cache-Control", "no-store"),
        Json::problem);
  }

  private static Routes routes(Ledgers ledgers, Node node, Metrics metrics, InstantSource clock) {
    Authentication authentication = new Authentication(ledgers.guard());
    Stream<Route> guarded =
        Stream.of(
                new DomainsResource(ledgers.domains(), ledgers.breakers()).routes(),
                new DomainKeysResource(ledgers.domains()).routes(),
                new DmarcResource(ledgers.domains(), ledgers.dmarc(), ledgers.breakers(), clock)
                    .routes(),
                new DoctorResource(ledgers.domains(), ledgers.doctor()).routes(),
                new ApiKeysResource(ledgers.keys(), ledgers.domains(), ledgers.streams()).routes(),
                new SuppressionsResource(
                        ledgers.suppressions(), ledgers.domains(), ledgers.streams())
                    .routes(),
                new StreamsResource(ledgers.streams(), ledgers.queueSettings()).routes(),
                new BreakersResource(ledgers.breakers()).routes(),
                new SourcesResource(ledgers.warmUps()).routes(),
                new QueueResource(ledgers.queue(), clock).routes(),
                new QueueOperationsResource(ledgers.operations(), clock).routes(),
                new EmailsResource(
                        ledgers.queue(),
                        ledgers.operations(),
                        ledgers.journal(),
                        ledgers.comparisons(),
                        clock)
                    .routes(),
                new TraceResource(ledgers).routes(),
                new EventsResource(ledgers.journal()).routes(),
                new StatusResource(
                        node, ledgers.queue(), ledgers.domains(), ledgers.breakers(), clock)
                    .routes())
            .flatMap(List::stream)
            .map(authentication::guard);
    Stream<Route> open =
        Stream.of(
                new HealthResource(ledgers.queue()::health).routes(),
                new MetricsResource(metrics).routes(),
                new OpenApiResource().routes())
            .flatMap(List::stream);
    return new Routes(Stream.concat(guarded, open).toList());
  }
}

package dev.waybill.relay.testing;

import dev.waybill.relay.access.ApiKey;
import dev.waybill.relay.access.ApiKeys;
import dev.waybill.relay.access.KeyAllowance;
import dev.waybill.relay.access.KeyGuard;
import dev.waybill.relay.admission.Admission;
import dev.waybill.relay.clock.SystemClock;
import dev.waybill.relay.clock.TimeOrderedIds;
import dev.waybill.relay.domains.DomainStatus;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.idempotency.Receipt;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.queue.Acceptance;
import dev.waybill.relay.queue.HealthGate;
import dev.waybill.relay.queue.SubmittedBody;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.streams.Streams;
import dev.waybill.relay.submission.Intake;
import dev.waybill.relay.submission.SubmissionServer;
import dev.waybill.relay.submission.SubmissionSettings;
import dev.waybill.relay.submission.Surroundings;
import dev.waybill.relay.tls.ServerCertificate;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;
import javax.net.ssl.SSLContext;

/// The real submission server with real API keys on H2; `example.org` is verified, and what is
/// accepted is kept in memory. Any thread may use it.
public final class RunningSubmission implements AutoCloseable {
  /// A message that was accepted.
  ///
  /// @param content its octets, read while acceptance was going on
  public record Accepted(Acceptance acceptance, byte[] content) {
    public String text() {
      return new String(content, StandardCharsets.ISO_8859_1);
    }
  }

  /// One certificate for all servers of a test run: making it starts a process.
  private static final class Certificate {
    static final SSLContext TLS = make();

    private static SSLContext make() {
      try {
        Path folder = Files.createTempDirectory("submission-test");
        SSLContext context =
            ServerCertificate.selfSigned(folder, DomainName.of("relay.test")).context();
        try (var files = Files.list(folder)) {
          for (Path file : files.toList()) {
            Files.delete(file);
          }
        }
        Files.delete(folder);
        return context;
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
    }
  }

  private final Database database;
  private final ApiKeys keys;
  private final ApiKeys.Created key;
  private final SendingDomain domain;
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final List<Accepted> accepted = new CopyOnWriteArrayList<>();
  private final List<Duration> pauses = new CopyOnWriteArrayList<>();
  private final AtomicLong paused = new AtomicLong();
  private final SubmissionSettings settings;
  private final SubmissionServer server;
  private volatile HealthGate.State health = new HealthGate.State.Open();
  private volatile Function<Acceptance, CompletableFuture<Void>> acceptor =
      _ -> CompletableFuture.completedFuture(null);

  private RunningSubmission(SubmissionSettings settings) throws IOException {
    this.settings = settings;
    TimeOrderedIds ids = new TimeOrderedIds(SystemClock.instants(), SystemClock.random());
    database =
        Database.open(
            new DatabaseSettings(
                "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "", 4));
    keys = ApiKeys.open(database, ids, SystemClock.instants(), SystemClock.random());
    key = keys.create("test", ApiKey.Permission.SENDING_ACCESS, ApiKey.Sending.ANYTHING);
    domain =
        new SendingDomain(
            UUID.randomUUID(),
            DomainName.of("example.org"),
            DomainStatus.VERIFIED,
            "send",
            false,
            false,
            null,
            false,
            Instant.EPOCH);
    Admission admission =
        new Admission(
            settings.hostname(),
            settings.limits().header(),
            Streams.builtIn(),
            name -> Optional.of(domain).filter(known -> name.isWithin(known.name())),
            (_, _, _) -> Map.of());
    server =
        new SubmissionServer(
            settings,
            new Intake(
                new KeyGuard(keys::authenticate, this::nanos),
                new KeyAllowance(database, SystemClock.instants(), this::nanos),
                admission::judge,
                this::accept,
                () -> health),
            Certificate.TLS,
            new Surroundings(ids, SystemClock.instants(), this::nanos, this::pause),
            meters);
    server.start();
  }

  /// Starts with small limits: 2 MiB messages, 3 recipients, 20 connections.
  public static RunningSubmission start(Path folder) throws IOException {
    return start(folder, settings -> settings);
  }

  /// Starts with the settings changed.
  public static RunningSubmission start(
      Path folder, Function<SubmissionSettings, SubmissionSettings> change) throws IOException {
    InetSocketAddress loopback = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    SubmissionSettings settings =
        new SubmissionSettings(
            loopback,
            loopback,
            DomainName.of("relay.test"),
            limits(20, 20, 10_000),
            SubmissionSettings.Timeouts.defaults(),
            SubmissionSettings.Networks.defaults(),
            folder.resolve("spool"));
    return new RunningSubmission(change.apply(settings));
  }

  /// 2 MiB messages with 3 recipients, memory for one of them, and what is given.
  public static SubmissionSettings.Limits limits(
      int connections, int connectionsPerAddress, int messagesPerConnection) {
    return new SubmissionSettings.Limits(
        2 * 1024 * 1024,
        3,
        connections,
        connectionsPerAddress,
        messagesPerConnection,
        Admission.HeaderLimits.defaults(),
        1 << 20);
  }

  /// The settings with other networks.
  public static SubmissionSettings withNetworks(
      SubmissionSettings settings, SubmissionSettings.Networks networks) {
    return new SubmissionSettings(
        settings.listen(),
        settings.listenTls(),
        settings.hostname(),
        settings.limits(),
        settings.timeouts(),
        networks,
        settings.spool());
  }

  /// The settings with other limits and timeouts.
  public static SubmissionSettings with(
      SubmissionSettings settings,
      SubmissionSettings.Limits limits,
      SubmissionSettings.Timeouts timeouts) {
    return new SubmissionSettings(
        settings.listen(),
        settings.listenTls(),
        settings.hostname(),
        limits,
        timeouts,
        settings.networks(),
        settings.spool());
  }

  public RawSmtpClient connect() throws IOException {
    return RawSmtpClient.connect(server.port());
  }

  /// A client that is authenticated already, in clear.
  public RawSmtpClient authenticated() throws IOException {
    return connect().authenticated(token());
  }

  public SubmissionServer server() {
    return server;
  }

  public ApiKeys keys() {
    return keys;
  }

  public ApiKey key() {
    return key.key();
  }

  public String token() {
    return key.token();
  }

  public List<Accepted> accepted() {
    return accepted;
  }

  /// How long failed logins were made to wait.
  public List<Duration> pauses() {
    return pauses;
  }

  public void health(HealthGate.State state) {
    health = state;
  }

  public void acceptor(Function<Acceptance, CompletableFuture<Void>> other) {
    acceptor = other;
  }

  /// Forgets what was accepted and is well again.
  public void reset() {
    accepted.clear();
    health = new HealthGate.State.Open();
    acceptor = _ -> CompletableFuture.completedFuture(null);
  }

  /// How often that result was counted.
  public double counted(String result) {
    return meters.get("waybill.submission.messages").tag("result", result).counter().count();
  }

  public double connections() {
    return meters.get("waybill.submission.connections").gauge().value();
  }

  /// How many files are in the spool folder.
  public long spooled() throws IOException {
    try (var files = Files.list(settings.spool())) {
      return files.count();
    }
  }

  @Override
  public void close() {
    server.stop(Duration.ZERO);
    database.close();
  }

  /// Lets time pass for the relay.
  public void pass(Duration time) {
    paused.addAndGet(time.toNanos());
  }

  /// The real time and all pauses, which nobody waits for.
  private long nanos() {
    return System.nanoTime() + paused.get();
  }

  private void pause(Duration pause) {
    pauses.add(pause);
    paused.addAndGet(pause.toNanos());
  }

  private CompletableFuture<Receipt> accept(Acceptance acceptance) {
    byte[] content = read(acceptance.body());
    return acceptor
        .apply(acceptance)
        .thenApply(_ -> {
          accepted.add(new Accepted(acceptance, content));
          return new Receipt.Queued(acceptance.facts().id());
        });
  }

  private static byte[] read(SubmittedBody body) {
    try {
      return switch (body) {
        case SubmittedBody.InMemory(byte[] bytes) -> bytes;
        case SubmittedBody.OnDisk(Path file, long _) -> Files.readAllBytes(file);
      };
    } catch (IOException failure) {
      throw new UncheckedIOException(failure);
    }
  }
}

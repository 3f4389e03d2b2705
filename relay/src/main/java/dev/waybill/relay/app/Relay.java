package dev.waybill.relay.app;

import dev.waybill.relay.access.ApiKeys;
import dev.waybill.relay.access.KeyAllowance;
import dev.waybill.relay.access.KeyGuard;
import dev.waybill.relay.admin.AdminDoor;
import dev.waybill.relay.admin.FirstKey;
import dev.waybill.relay.admission.Admission;
import dev.waybill.relay.breakers.Breakers;
import dev.waybill.relay.clock.SystemClock;
import dev.waybill.relay.clock.TimeOrderedIds;
import dev.waybill.relay.config.MasterKey;
import dev.waybill.relay.config.RelaySettings;
import dev.waybill.relay.delivery.AddressPolicy;
import dev.waybill.relay.delivery.DeliveryEngine;
import dev.waybill.relay.delivery.HardBounces;
import dev.waybill.relay.dmarc.DmarcReports;
import dev.waybill.relay.dns.AuthoritativeRecords;
import dev.waybill.relay.dns.Resolver;
import dev.waybill.relay.domains.Domains;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.events.Journal;
import dev.waybill.relay.feedback.FeedbackServer;
import dev.waybill.relay.feedback.Ledger;
import dev.waybill.relay.http.Route;
import dev.waybill.relay.idempotency.Idempotency;
import dev.waybill.relay.idempotency.IdempotencyKey;
import dev.waybill.relay.idempotency.Receipt;
import dev.waybill.relay.metrics.Metrics;
import dev.waybill.relay.operations.BreakerWatch;
import dev.waybill.relay.operations.Operations;
import dev.waybill.relay.queue.Acceptance;
import dev.waybill.relay.queue.HealthGate;
import dev.waybill.relay.queue.PostOffice;
import dev.waybill.relay.queue.Queue;
import dev.waybill.relay.queue.QueueMeters;
import dev.waybill.relay.rendering.Comparisons;
import dev.waybill.relay.rendering.Renderer;
import dev.waybill.relay.sources.SourceUse;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.GroupCommit;
import dev.waybill.relay.storage.Sealing;
import dev.waybill.relay.submission.Intake;
import dev.waybill.relay.submission.SubmissionServer;
import dev.waybill.relay.submission.Surroundings;
import dev.waybill.relay.suppression.Suppression;
import dev.waybill.relay.suppression.Suppressions;
import dev.waybill.relay.tls.ServerCertificate;
import dev.waybill.relay.tlsreport.TlsReports;
import dev.waybill.relay.tokens.Tokens;
import dev.waybill.relay.tracking.Senders;
import dev.waybill.relay.tracking.Subscriptions;
import dev.waybill.relay.tracking.TrackingDoor;
import dev.waybill.relay.transcripts.Transcripts;
import dev.waybill.relay.transport.Transport;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.FutureTask;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import javax.net.ssl.SSLContext;

/// The relay: every room, connected in the order in which a message passes them.
///
/// Built, started and stopped by one thread.
public final class Relay {
  private static final Duration DOOR_GRACE = Duration.ofSeconds(5);

  private final RelaySettings settings;
  private final InstantSource clock = SystemClock.instants();
  private final RandomGenerator random = SystemClock.random();
  private final TimeOrderedIds ids = new TimeOrderedIds(clock, random);
  private final Metrics metrics = new Metrics();

  private final Database database;
  private final Journal journal;
  private final ApiKeys keys;
  private final Domains domains;
  private final Suppressions suppressions;
  private final Tokens tokens;
  private final Breakers breakers;
  private final DmarcReports dmarc;
  private final Queue queue;
  private final Idempotency idempotency;
  private final Comparisons comparisons;
  private final OwnReports reports;
  private final Transport transport;
  private final Transcripts transcripts;
  private final SourceUse sources;
  private final DeliveryEngine delivery;
  private final Operations operations;
  private final ServerCertificate certificate;
  private final SubmissionServer submission;
  private final FeedbackServer feedback;
  private final TrackingDoor tracking;
  private final AdminDoor admin;
  private final Upkeep upkeep;

  /// Opens the database and connects the rooms; nothing listens yet.
  ///
  /// @param pages what the tracking host serves besides links, such as the sandbox's inbox
  /// @throws IOException when the data folder cannot be used
  public Relay(RelaySettings settings, List<Route> pages) throws IOException {
    this.settings = settings;
    Path dataDir = DataFolder.of(settings.machine().dataDir());
    Sealing sealing = MasterKey.sealing(settings.machine(), random);

    // the certificate is read while the database opens
    FutureTask<ServerCertificate> reading =
        HeadStart.begin("certificate", () -> DoorCertificate.of(settings, dataDir));

    // storage and what is written with it
    database = Database.open(settings.database());
    HealthGate health = new HealthGate(dataDir, settings.queue().limits());
    QueueMeters queueMeters = new QueueMeters(health, metrics.registry());
    GroupCommit commits = new GroupCommit(database, queueMeters, SystemClock.nanos());
    journal = new Journal(database, commits);

    // ledgers
    Resolver resolver = new Resolver(settings.dns().servers(), settings.dns().timeout());
    Predicate<InetAddress> permitted =
        new AddressPolicy(settings.delivery().allowNetworks())::permits;
    keys = ApiKeys.open(database, ids, clock, random);
    KeyAllowance allowance = new KeyAllowance(database, clock, SystemClock.nanos());
    KeyGuard guard = new KeyGuard(keys::authenticate, SystemClock.nanos());
    domains =
        Domains.open(
            database,
            sealing,
            settings.plan(),
            settings.verification(),
            new AuthoritativeRecords(resolver.uncached(), permitted),
            new Domains.Surroundings(clock, ids, random, journal::append, metrics.registry()));
    suppressions =
        Suppressions.open(
            database,
            ids,
            clock,
            new Suppressions.Journalling(
                journal::append, id -> domains.byId(id).map(SendingDomain::name)));
    tokens = Tokens.open(database, sealing, clock, random);

    // the queue, and what comes before it
    breakers =
        new Breakers(
            settings.breakers(),
            settings.streams(),
            new Breakers.Foundation(database, journal, clock, random, metrics.registry()));
    dmarc = ReportLedger.open(settings, database, journal, resolver, ids, metrics.registry());
    queue =
        new Queue(
            settings.queue(),
            new Queue.Foundation(database, commits, journal, health, clock, random),
            suppressions::find,
            breakers);
    idempotency = new Idempotency(database, clock);
    Admission admission =
        new Admission(
            settings.machine().hostname(),
            settings.submission().limits().header(),
            settings.streams(),
            domains::covering,
            suppressions::find);
    certificate = HeadStart.await(reading);
    certificate.bindTo(metrics.registry());
    SSLContext tls = certificate.context();
    submission =
        new SubmissionServer(
            settings.submission(),
            new Intake(guard, allowance, admission::judge, this::accept, queue::health),
            tls,
            new Surroundings(ids, clock, SystemClock.nanos(), SystemClock::pause),
            metrics.registry());

    // what comes after it
    Renderer renderer = new Renderer(settings.rendering(), tokens, clock, metrics.registry());
    comparisons = new Comparisons(renderer, queue, journal, domains, clock);
    reports =
        OwnReports.of(
            settings,
            database,
            journal,
            queue,
            new PostOffice(domains::covering, suppressions::find, ids::next, this::accept),
            new TlsReports.Surroundings(resolver, permitted, clock, metrics.registry()));
    transport =
        new Transport(
            settings.transport(),
            resolver,
            settings.dns().secure(),
            database,
            new Transport.Surroundings(permitted, clock, metrics.registry(), reports.tls()::count));
    transcripts = Transcribing.open(settings, database, health, metrics.registry());
    sources = WarmingUp.open(settings, database, metrics.registry());
    tracking =
        new TrackingDoor(
            settings.tracking(),
            TrackingDoor.Readers.of(tokens),
            TrackingDoor.Ledger.of(journal),
            Subscriptions.of(suppressions, settings.streams(), Senders.of(domains)),
            pages,
            new TrackingDoor.Surroundings(
                () -> domains.listEver().stream().map(SendingDomain::name).toList(),
                clock,
                random,
                metrics.registry()));
    Dispatch dispatch =
        new Dispatch(
            queue,
            domains,
            renderer,
            tracking,
            new HardBounces((address, domainId) ->
                suppressions.add(address, domainId, null, Suppression.Origin.BOUNCE)));
    delivery =
        new DeliveryEngine(
            settings.delivery(),
            transport,
            dispatch::render,
            dispatch::settle,
            dispatch::release,
            Transcribing.environment(transcripts, sources.warmUps(), random, metrics.registry()));

    operations =
        new Operations(
            database,
            journal,
            queue,
            clock,
            new Operations.Carrier(delivery::forgetOutages, delivery::withdraw, delivery::waits));

    // what comes back, and who looks on
    feedback = feedback(tls);
    admin =
        new AdminDoor(
            settings.admin(),
            new AdminDoor.Ledgers(
                domains,
                keys,
                guard,
                suppressions,
                settings.streams(),
                settings.queue(),
                queue,
                operations,
                breakers,
                dmarc,
                journal,
                comparisons,
                transcripts,
                sources.warmUps(),
                Examiner.of(
                    settings,
                    new Examiner.Rooms(
                        domains, tokens, certificate::shown, () -> feedback.address().getPort()),
                    ids,
                    clock)),
            new AdminDoor.Node(
                Version.text(), settings.machine().hostname().value(), clock.instant()),
            metrics,
            clock);
    upkeep =
        new Upkeep(
            new Upkeep.Ledgers(domains, keys, allowance, suppressions, transport, sources, dmarc),
            this::lookAtCertificates,
            List.of(operations::fulfil, new BreakerWatch(breakers, operations, clock)::look),
            queue,
            queueMeters,
            clock);
  }

  /// Starts what sends before what takes, so that nothing is accepted that nobody would deliver.
  ///
  /// @throws IOException when the first key cannot be written
  public void start() throws IOException {
    FirstKey.ensure(settings.machine().dataDir(), keys);
    queue.start(delivery::accept);
    tracking.start();
    feedback.start();
    submission.start();
    upkeep.start();
    reports.start();
    admin.start();
  }

  /// Stops taking, lets deliveries under way finish for up to `shutdown-grace`, and closes.
  public void stop() {
    submission.stop(DOOR_GRACE);
    reports.stopReporting();
    queue.stop();
    delivery.stop(settings.machine().shutdownGrace());
    feedback.stop();
    tracking.stop(DOOR_GRACE);
    upkeep.stop();
    admin.stop(DOOR_GRACE);
    queue.close();
    reports.stopCounting();
    transport.close();
    transcripts.close();
    database.close();
    metrics.close();
  }

  /// Once it is started.
  public Ports ports() {
    return new Ports(
        submission.port(),
        submission.tlsPort(),
        feedback.address().getPort(),
        tracking.port(),
        admin.port());
  }

  /// What the doors show to clients.
  X509Certificate certificate() {
    return certificate.shown();
  }

  Domains domains() {
    return domains;
  }

  ApiKeys keys() {
    return keys;
  }

  Journal journal() {
    return journal;
  }

  Tokens tokens() {
    return tokens;
  }

  Queue queue() {
    return queue;
  }

  Comparisons comparisons() {
    return comparisons;
  }

  private CompletableFuture<Receipt> accept(Acceptance acceptance) {
    UUID id = acceptance.facts().id();
    IdempotencyKey key = acceptance.idempotencyKey();
    return key == null
        ? queue.accept(acceptance).thenApply(_ -> new Receipt.Queued(id))
        : idempotency.once(key, id, () -> queue.accept(acceptance));
  }

  private void lookAtCertificates() {
    certificate.look();
    tracking.look();
  }

  private FeedbackServer feedback(SSLContext tls) {
    return new FeedbackServer(
        settings.feedback().with(tls),
        Ledger.of(tokens, journal, domains, suppressions, breakers, dmarc),
        clock,
        SystemClock.nanos(),
        metrics.registry());
  }
}

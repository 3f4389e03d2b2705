package dev.waybill.relay.config;

import dev.waybill.relay.admin.AdminSettings;
import dev.waybill.relay.admission.Admission;
import dev.waybill.relay.bouncereport.BounceReportSettings;
import dev.waybill.relay.delivery.DeliverySettings;
import dev.waybill.relay.dmarc.DmarcSettings;
import dev.waybill.relay.dns.TrustAnchors;
import dev.waybill.relay.domains.RecordPlanSettings;
import dev.waybill.relay.domains.VerificationSettings;
import dev.waybill.relay.feedback.FeedbackSettings;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.queue.QueueSettings;
import dev.waybill.relay.queue.RetrySchedule;
import dev.waybill.relay.rendering.RenderingSettings;
import dev.waybill.relay.routes.RouteTable;
import dev.waybill.relay.smtp.ClientTimeouts;
import dev.waybill.relay.sources.SourcePools;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.streams.Streams;
import dev.waybill.relay.submission.SubmissionSettings;
import dev.waybill.relay.tlsreport.TlsReportSettings;
import dev.waybill.relay.tracking.TrackingSettings;
import dev.waybill.relay.transcripts.TranscriptSettings;
import dev.waybill.relay.transport.TransportSettings;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/// Puts the settings into the rooms' records. Confined to the thread that starts the relay.
public final class SettingsReader {
  private static final double RETRY_JITTER = 0.2;

  /// A report is read in memory.
  private static final long MOST_FEEDBACK = 256L << 20;

  /// What reading came to.
  public sealed interface Outcome {
    /// Everything is in order.
    record Settled(RelaySettings settings) implements Outcome {}

    /// At least one thing is wrong.
    record Wrong(List<Problem> problems) implements Outcome {
      public Wrong {
        problems = List.copyOf(problems);
      }
    }
  }

  /// As whom, and from where, mail leaves.
  private record Origin(String heloName, SourcePools pools) {}

  private final Configuration configuration;
  private final StreamReader streams;
  private final ShapingReader shaping;
  private final RouteReader routes;
  private final SourceReader sources;

  public SettingsReader(Configuration configuration) {
    this.configuration = configuration;
    this.streams = new StreamReader(configuration);
    this.shaping = new ShapingReader(configuration);
    this.routes = new RouteReader(configuration);
    this.sources = new SourceReader(configuration);
  }

  /// Reads every key before it answers, so that all problems are known at once.
  public Outcome read() {
    List<Key<?>> known = new ArrayList<>(Keys.all());
    known.addAll(streams.keys());
    known.addAll(shaping.keys());
    known.addAll(routes.keys());
    known.addAll(sources.keys());
    known.forEach(configuration::list);
    DomainName hostname = configuration.optional(Keys.HOSTNAME).orElseGet(SettingsReader::hostname);
    Path dataDir = configuration.get(Keys.DATA_DIR).toAbsolutePath().normalize();
    RouteTable table = routes.table(ourselves(hostname));
    String heloName = configuration.optional(Keys.DELIVERY_HELO).orElse(hostname).value();
    SourcePools pools = sources.pools(heloName, streams.pools());
    Optional<RelaySettings> settings =
        configuration.settings(
            "the settings", () -> settings(hostname, dataDir, table, new Origin(heloName, pools)));
    List<Problem> problems = configuration.problems(known);
    return problems.isEmpty() && settings.isPresent()
        ? new Outcome.Settled(settings.get())
        : new Outcome.Wrong(problems);
  }

  private RelaySettings settings(
      DomainName hostname, Path dataDir, RouteTable table, Origin origin) {
    DomainName trackingHost = configuration.optional(Keys.DOMAINS_TRACKING_HOST).orElse(hostname);
    DatabaseSettings database = named("database", () -> database(dataDir));
    SubmissionSettings submission = named("submission", () -> submission(hostname, dataDir));
    Optional<RelaySettings.Certificate> certificate = named("submission", this::certificate);
    Streams kinds = named("streams", streams::streams);
    RetrySchedule retry = named("delivery.retry", this::retry);
    QueueSettings.OfStreams rules = named("streams", () -> streams.rules(retry));
    QueueSettings.Retention retention = named("retention", this::retention);
    QueueSettings queue = named("streams", () -> queue(hostname, dataDir, retry, retention, rules));
    RecordPlanSettings plan = named("domains", () -> plan(hostname, trackingHost, origin.pools()));
    DeliverySettings delivery =
        named(
            "delivery",
            () -> delivery(origin, Set.copyOf(List.of(hostname, plan.feedbackHost())), table));
    URI trackingBase =
        configuration
            .optional(Keys.TRACKING_URL)
            .orElseGet(() -> URI.create("https://" + trackingHost));
    return new RelaySettings(
        new RelaySettings.Machine(
            hostname,
            dataDir,
            configuration.optional(Keys.MASTER_KEY),
            configuration.optional(Keys.PREVIOUS_MASTER_KEY),
            configuration.get(Keys.SHUTDOWN_GRACE)),
        database,
        named("dns", this::dns),
        submission,
        certificate,
        kinds,
        queue,
        plan,
        named("verification", () -> verification(queue.longestLifetime())),
        new RenderingSettings(
            hostname, trackingBase, configuration.get(Keys.SUBMISSION_MIME_DEPTH)),
        delivery,
        TransportSettings.of(
            configuration.get(Keys.DELIVERY_MTA_STS),
            configuration.get(Keys.DELIVERY_DANE),
            delivery.port(),
            delivery.trustedCertificates()),
        tlsReports(hostname, delivery.trustedCertificates()),
        new BounceReportSettings(configuration.get(Keys.DELIVERY_BOUNCE_REPORTS), hostname),
        named("feedback", () -> feedback(hostname)),
        new DmarcSettings(configuration.get(Keys.RETENTION_DMARC_REPORTS)),
        named(
            "delivery.breakers", () -> BreakerReader.read(configuration, streams.breakers(kinds))),
        named("tracking", () -> tracking(dataDir, List.of(hostname.value(), trackingHost.value()))),
        new AdminSettings(configuration.get(Keys.ADMIN_LISTEN)));
  }

  private DatabaseSettings database(Path dataDir) {
    return new DatabaseSettings(
        configuration
            .optional(Keys.DATABASE_URL)
            .orElseGet(() -> "jdbc:h2:file:" + dataDir.resolve("waybill")),
        configuration.get(Keys.DATABASE_USER),
        configuration.optional(Keys.DATABASE_PASSWORD).orElse(""),
        configuration.get(Keys.DATABASE_POOL_SIZE));
  }

  private RelaySettings.Dns dns() {
    boolean believed = configuration.get(Keys.DNS_TRUST_AD);
    return new RelaySettings.Dns(
        configuration.list(Keys.DNS_SERVERS),
        configuration.get(Keys.DNS_TIMEOUT),
        believed
            ? Optional.empty()
            : Optional.of(TrustAnchors.of(configuration.optional(Keys.DNS_TRUST_ANCHORS))));
  }

  private SubmissionSettings submission(DomainName hostname, Path dataDir) {
    return new SubmissionSettings(
        configuration.get(Keys.SUBMISSION_LISTEN),
        configuration.get(Keys.SUBMISSION_LISTEN_TLS),
        hostname,
        new SubmissionSettings.Limits(
            configuration.get(Keys.SUBMISSION_MAX_MESSAGE_SIZE),
            configuration.get(Keys.SUBMISSION_MAX_RECIPIENTS),
            configuration.get(Keys.SUBMISSION_MAX_CONNECTIONS),
            configuration.get(Keys.SUBMISSION_CONNECTIONS_PER_ADDRESS),
            configuration.get(Keys.SUBMISSION_MESSAGES_PER_CONNECTION),
            new Admission.HeaderLimits(
                Math.toIntExact(configuration.get(Keys.SUBMISSION_MAX_HEADER_SIZE)),
                configuration.get(Keys.SUBMISSION_MAX_HEADER_FIELDS)),
            configuration.get(Keys.SUBMISSION_MEMORY)),
        new SubmissionSettings.Timeouts(
            configuration.get(Keys.SUBMISSION_TIMEOUT_IDLE),
            configuration.get(Keys.SUBMISSION_TIMEOUT_COMMAND),
            configuration.get(Keys.SUBMISSION_TIMEOUT_DATA),
            configuration.get(Keys.SUBMISSION_TIMEOUT_HANDSHAKE),
            configuration.get(Keys.SUBMISSION_TIMEOUT_SESSION)),
        new SubmissionSettings.Networks(
            configuration.list(Keys.SUBMISSION_ALLOW_PLAINTEXT_AUTH),
            configuration.list(Keys.SUBMISSION_TRUSTED_NETWORKS),
            configuration.list(Keys.SUBMISSION_PROXY_NETWORKS)),
        dataDir.resolve("spool"));
  }

  private Optional<RelaySettings.Certificate> certificate() {
    Optional<Path> chain = configuration.optional(Keys.SUBMISSION_CERTIFICATE);
    Optional<Path> key = configuration.optional(Keys.SUBMISSION_PRIVATE_KEY);
    if (chain.isPresent() != key.isPresent()) {
      throw new IllegalArgumentException(
          "only one of submission.certificate and submission.private-key is set");
    }
    return chain.flatMap(c -> key.map(k -> new RelaySettings.Certificate(c, k)));
  }

  private FeedbackSettings feedback(DomainName hostname) {
    return new FeedbackSettings(
        configuration.get(Keys.FEEDBACK_LISTEN),
        hostname.value(),
        Set.copyOf(
            List.of(hostname, configuration.optional(Keys.DOMAINS_FEEDBACK_HOST).orElse(hostname))),
        Math.toIntExact(Math.min(configuration.get(Keys.FEEDBACK_MAX_MESSAGE_SIZE), MOST_FEEDBACK)),
        configuration.get(Keys.FEEDBACK_MAX_CONNECTIONS),
        configuration.get(Keys.FEEDBACK_MESSAGES_PER_MINUTE),
        null);
  }

  private TrackingSettings tracking(Path dataDir, List<String> names) {
    Optional<InetSocketAddress> listen = configuration.optional(Keys.TRACKING_LISTEN_TLS);
    Optional<Path> certificates = configuration.optional(Keys.TRACKING_CERTIFICATES);
    if (listen.isPresent() && certificates.isEmpty()) {
      throw new IllegalArgumentException(
          "tracking.listen-tls is set and tracking.certificates is not (expected: the folder of the"
              + " hosts' certificates)");
    }
    Set<String> hosts = new HashSet<>(names);
    configuration
        .optional(Keys.TRACKING_URL)
        .ifPresent(url -> hosts.add(url.getHost().toLowerCase(Locale.ROOT)));
    return new TrackingSettings(
        configuration.get(Keys.TRACKING_LISTEN),
        listen.flatMap(
            address -> certificates.map(folder -> new TrackingSettings.Secure(address, folder))),
        hosts,
        configuration.get(Keys.TRACKING_PRIVACY),
        configuration.list(Keys.TRACKING_PROXY_NETWORKS),
        dataDir.resolve("tracking.spill"));
  }

  private VerificationSettings verification(Duration longestLifetime) {
    return new VerificationSettings(
        configuration.get(Keys.VERIFICATION_FIRST),
        configuration.get(Keys.VERIFICATION_LONGEST),
        configuration.get(Keys.VERIFICATION_RECHECK),
        configuration.get(Keys.VERIFICATION_PATIENCE),
        longestLifetime);
  }

  private RetrySchedule retry() {
    return new RetrySchedule(
        configuration.get(Keys.DELIVERY_RETRY_FIRST),
        configuration.get(Keys.DELIVERY_RETRY_LONGEST),
        configuration.get(Keys.DELIVERY_RETRY_LIFETIME),
        RETRY_JITTER);
  }

  private QueueSettings.Retention retention() {
    Duration history = configuration.get(Keys.RETENTION_HISTORY);
    Duration transcripts = configuration.get(Keys.RETENTION_TRANSCRIPTS);
    return new QueueSettings.Retention(
        history,
        configuration.get(Keys.RETENTION_RAW),
        configuration.get(Keys.RETENTION_RAW_SIZE),
        new TranscriptSettings(
            transcripts.compareTo(history) > 0 ? history : transcripts,
            configuration.get(Keys.RETENTION_TRANSCRIPTS_SIZE)));
  }

  private QueueSettings queue(
      DomainName hostname,
      Path dataDir,
      RetrySchedule retry,
      QueueSettings.Retention retention,
      QueueSettings.OfStreams ofStreams) {
    QueueSettings.Limits usual = QueueSettings.Limits.standard();
    QueueSettings.Limits limits =
        new QueueSettings.Limits(
            configuration.get(Keys.DELIVERY_READY_LIMIT),
            usual.readyBytes(),
            configuration.get(Keys.STORAGE_MIN_FREE_DISK),
            configuration.get(Keys.STORAGE_SLOW_COMMIT),
            usual.segmentBytes());
    return new QueueSettings(dataDir, hostname.value(), retry, limits, retention, ofStreams);
  }

  private RecordPlanSettings plan(DomainName hostname, DomainName trackingHost, SourcePools pools) {
    List<String> mechanisms = configuration.list(Keys.DOMAINS_SPF_MECHANISMS);
    return new RecordPlanSettings(
        configuration.optional(Keys.DOMAINS_FEEDBACK_HOST).orElse(hostname),
        mechanisms.isEmpty() ? SourceReader.mechanisms(pools, hostname) : mechanisms,
        trackingHost);
  }

  private DeliverySettings delivery(Origin origin, Set<DomainName> names, RouteTable table) {
    ClientTimeouts timeouts =
        new ClientTimeouts(
            configuration.get(Keys.DELIVERY_TIMEOUT_CONNECT),
            configuration.get(Keys.DELIVERY_TIMEOUT_BANNER),
            configuration.get(Keys.DELIVERY_TIMEOUT_HANDSHAKE),
            configuration.get(Keys.DELIVERY_TIMEOUT_MAIL),
            configuration.get(Keys.DELIVERY_TIMEOUT_RCPT),
            configuration.get(Keys.DELIVERY_TIMEOUT_DATA),
            configuration.get(Keys.DELIVERY_TIMEOUT_BLOCK),
            configuration.get(Keys.DELIVERY_TIMEOUT_END));
    return new DeliverySettings(
        origin.heloName(),
        names,
        configuration.get(Keys.DELIVERY_PORT),
        origin.pools(),
        configuration.list(Keys.DELIVERY_ALLOW_NETWORKS),
        configuration.get(Keys.DELIVERY_SITE_CONNECTIONS),
        configuration.get(Keys.DELIVERY_MESSAGES_PER_CONNECTION),
        configuration.get(Keys.DELIVERY_IDLE_CONNECTION),
        configuration.get(Keys.DELIVERY_TOTAL_CONNECTIONS),
        configuration.get(Keys.DELIVERY_MEMORY),
        timeouts,
        configuration.optional(Keys.DELIVERY_TRUSTED_CERTIFICATES),
        shaping.shaping(),
        table);
  }

  private RouteReader.Ourselves ourselves(DomainName hostname) {
    return new RouteReader.Ourselves(
        Set.copyOf(
            List.of(hostname, configuration.optional(Keys.DOMAINS_FEEDBACK_HOST).orElse(hostname))),
        List.of(
            configuration.get(Keys.SUBMISSION_LISTEN),
            configuration.get(Keys.SUBMISSION_LISTEN_TLS),
            configuration.get(Keys.FEEDBACK_LISTEN)));
  }

  /// Says under which keys a record's own refusal was found.
  private static <T> T named(String keys, Supplier<T> record) {
    try {
      return record.get();
    } catch (IllegalArgumentException refused) {
      throw new IllegalArgumentException(keys + ": " + refused.getMessage(), refused);
    }
  }

  private TlsReportSettings tlsReports(DomainName hostname, Optional<Path> trusted) {
    return TlsReportSettings.of(
        configuration.get(Keys.TLS_REPORTS_ENABLED),
        configuration.optional(Keys.TLS_REPORTS_ORGANIZATION).orElse(hostname.value()),
        configuration
            .optional(Keys.TLS_REPORTS_CONTACT)
            .map(EmailAddress::toString)
            .orElse("postmaster@" + hostname),
        configuration.optional(Keys.TLS_REPORTS_FROM),
        hostname,
        trusted);
  }

  /// The machine's own name, as far as it is one that other hosts could look up.
  private static DomainName hostname() {
    try {
      return DomainName.parse(InetAddress.getLocalHost().getHostName())
          .orElseGet(() -> DomainName.of("localhost"));
    } catch (UnknownHostException nameless) {
      return DomainName.of("localhost");
    }
  }
}

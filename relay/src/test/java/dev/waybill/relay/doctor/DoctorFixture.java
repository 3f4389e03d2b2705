package dev.waybill.relay.doctor;

import dev.waybill.relay.clock.SystemClock;
import dev.waybill.relay.clock.TimeOrderedIds;
import dev.waybill.relay.dkim.DkimKeys;
import dev.waybill.relay.dkim.DkimRecord;
import dev.waybill.relay.dns.Resolver;
import dev.waybill.relay.doctor.Instruments.Inspected;
import dev.waybill.relay.domains.DnsRecord;
import dev.waybill.relay.domains.DnsRecord.Status;
import dev.waybill.relay.domains.DomainStatus;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.feedback.FeedbackServer;
import dev.waybill.relay.feedback.FeedbackSettings;
import dev.waybill.relay.feedback.Ledger;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.smtp.IpNetwork;
import dev.waybill.relay.sources.SourceAddress;
import dev.waybill.relay.sources.SourcePools;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.storage.Sealing;
import dev.waybill.relay.testing.RecordingLedger;
import dev.waybill.relay.testing.ScriptedMailHost;
import dev.waybill.relay.testing.SelfSignedCertificate;
import dev.waybill.relay.testing.TinyDnsServer;
import dev.waybill.relay.tokens.Tokens;
import dev.waybill.relay.tracking.Privacy;
import dev.waybill.relay.tracking.Senders;
import dev.waybill.relay.tracking.Subscriptions;
import dev.waybill.relay.tracking.TrackingDoor;
import dev.waybill.relay.tracking.TrackingSettings;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import javax.net.ssl.SSLSocketFactory;
import org.jspecify.annotations.Nullable;

/// A relay whose every outside is right: its DNS, its doors and the mail hosts of the providers,
/// all real and on loopback. Tests spoil what they are about.
final class DoctorFixture implements AutoCloseable {
  static final String ADDRESS = "127.0.0.1";
  static final InetAddress LOOPBACK = InetAddress.ofLiteral(ADDRESS);
  private static final Duration WHOLE = Duration.ofSeconds(20);

  /// Both are slow to make.
  private static final String KEY = key();

  private static final X509Certificate CERTIFICATE = certificate();
  private static final InetSocketAddress FREE = new InetSocketAddress(ADDRESS, 0);

  final TinyDnsServer dns = new TinyDnsServer();
  final Tokens tokens;
  final FeedbackServer feedback;
  final TrackingDoor tracking;
  final ScriptedMailHost gmail;
  final ScriptedMailHost yahoo;
  final ScriptedMailHost microsoft;
  final SendingDomain domain;
  final List<DnsRecord> records = new ArrayList<>();
  final List<DnsRecord> unanswered = new ArrayList<>();

  /// Empty for the address above, with the name below.
  Optional<SourcePools> sources = Optional.empty();

  List<IpNetwork> networks = List.of(IpNetwork.of("127.0.0.0/8"));
  String helo = "relay.example";
  @Nullable String trackingSubdomain;
  Duration step = Duration.ofSeconds(5);
  Instant now = SystemClock.instants().instant();
  URI trackingBase;
  int mailPort;
  SSLSocketFactory web = (SSLSocketFactory) SSLSocketFactory.getDefault();
  private final Database database;

  DoctorFixture(Path folder) throws IOException {
    database =
        Database.open(new DatabaseSettings("jdbc:h2:file:" + folder.resolve("db"), "sa", "", 2));
    tokens =
        Tokens.open(
            database, new Sealing(new byte[32]), SystemClock.instants(), SystemClock.random());
    feedback =
        new FeedbackServer(
            new FeedbackSettings(FREE, "relay.example"),
            new Ledger(
                tokens::readReturnPath,
                _ -> untouched(),
                _ -> untouched(),
                (_, _, _) -> untouched(),
                new RecordingLedger().ledger().reports()),
            SystemClock.instants(),
            SystemClock.nanos(),
            new SimpleMeterRegistry());
    feedback.start();
    mailPort = feedback.address().getPort();
    tracking =
        new TrackingDoor(
            new TrackingSettings(
                FREE,
                Optional.empty(),
                Set.of("relay.example"),
                Privacy.TRUNCATED,
                List.of(),
                folder.resolve("spill")),
            TrackingDoor.Readers.of(tokens),
            new TrackingDoor.Ledger(_ -> untouched(), _ -> untouched()),
            new Subscriptions(
                _ -> untouched(),
                _ -> untouched(),
                new Senders(_ -> Optional.empty(), (_, _) -> Optional.empty()),
                _ -> ""),
            List.of(),
            new TrackingDoor.Surroundings(
                () -> List.of(DomainName.of("shop.example")),
                SystemClock.instants(),
                SystemClock.random(),
                new SimpleMeterRegistry()));
    tracking.start();
    trackingBase = URI.create("http://relay.example:" + tracking.port());
    gmail = new ScriptedMailHost("127.0.0.2", mailPort);
    yahoo = new ScriptedMailHost("127.0.0.3", mailPort);
    microsoft = new ScriptedMailHost("127.0.0.4", mailPort);
    domain =
        new SendingDomain(
            new UUID(1, 2),
            DomainName.of("shop.example"),
            DomainStatus.VERIFIED,
            "send",
            false,
            false,
            null,
            false,
            now);
    dns.zone(
        "1.0.0.127.in-addr.arpa. 60 IN PTR relay.example.",
        "relay.example. 60 IN A 127.0.0.1",
        "send.shop.example. 60 IN TXT \"v=spf1 ip4:127.0.0.1 ~all\"",
        "gmail.com. 60 IN MX 5 mx.gmail.com.",
        "mx.gmail.com. 60 IN A 127.0.0.2",
        "yahoo.com. 60 IN MX 5 mx.yahoo.com.",
        "mx.yahoo.com. 60 IN A 127.0.0.3",
        "outlook.com. 60 IN MX 5 mx.outlook.com.",
        "mx.outlook.com. 60 IN A 127.0.0.4");
    records.add(record("SPF", "MX", "send", "relay.example", 10, true, Status.VERIFIED));
    records.add(record("DKIM", "TXT", "wb1._domainkey", KEY, null, true, Status.VERIFIED));
    records.add(record("DKIM", "TXT", "wb2._domainkey", KEY, null, false, Status.VERIFIED));
    records.add(record("DMARC", "TXT", "_dmarc", "v=DMARC1; p=none", null, false, Status.VERIFIED));
  }

  static SourcePools from(SourceAddress... addresses) {
    return new SourcePools(List.of(addresses), Map.of());
  }

  Report examine() throws InterruptedException {
    DoctorSettings settings =
        new DoctorSettings(
            DomainName.of("relay.example"),
            helo,
            sources.orElseGet(() -> from(new SourceAddress(LOOPBACK, helo, "default"))),
            address -> networks.stream().anyMatch(network -> network.contains(address)),
            mailPort,
            DomainName.of("relay.example"),
            () -> feedback.address().getPort(),
            trackingBase,
            step,
            WHOLE);
    SendingDomain asked =
        new SendingDomain(
            domain.id(),
            domain.name(),
            domain.status(),
            "send",
            false,
            false,
            trackingSubdomain,
            false,
            domain.createdAt());
    Instruments instruments =
        new Instruments(
            new Resolver(List.of(dns.address()), step).uncached(),
            _ -> Optional.of(new Inspected(asked, records, unanswered)),
            tokens,
            () -> CERTIFICATE,
            () -> web,
            new TimeOrderedIds(SystemClock.instants(), SystemClock.random()),
            () -> now,
            SystemClock.nanos());
    return new Doctor(settings, instruments).examine(asked).orElseThrow();
  }

  /// The only diagnosis of a check.
  Diagnosis the(Check check) throws InterruptedException {
    List<Diagnosis> all =
        examine().diagnoses().stream().filter(each -> each.check() == check).toList();
    if (all.size() != 1) {
      throw new AssertionError(all.toString());
    }
    return all.getFirst();
  }

  private static String key() {
    return DkimRecord.of(DkimKeys.generateRsa().getPublic()).text();
  }

  DnsRecord record(
      String purpose,
      String type,
      String name,
      String value,
      @Nullable Integer priority,
      boolean required,
      Status status) {
    return new DnsRecord(
        purpose,
        type,
        domain.name().child(name),
        name,
        value,
        priority,
        required,
        status,
        status == Status.VERIFIED ? "It is right." : "There is no record.");
  }

  /// An examination changes nothing.
  private static <T> T untouched() {
    throw new AssertionError("a ledger was asked");
  }

  @Override
  public void close() throws IOException {
    gmail.close();
    yahoo.close();
    microsoft.close();
    feedback.stop();
    tracking.stop(Duration.ofSeconds(5));
    dns.close();
    database.close();
  }

  private static X509Certificate certificate() {
    try {
      Path folder = Files.createTempDirectory("waybill-doctor-");
      byte[] pem = Files.readAllBytes(SelfSignedCertificate.of("relay.example", folder).pem());
      return (X509Certificate)
          CertificateFactory.getInstance("X.509")
              .generateCertificate(new ByteArrayInputStream(pem));
    } catch (IOException | GeneralSecurityException | InterruptedException unmade) {
      throw new IllegalStateException(unmade);
    }
  }
}

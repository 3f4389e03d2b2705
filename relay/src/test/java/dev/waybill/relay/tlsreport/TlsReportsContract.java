package dev.waybill.relay.tlsreport;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.relay.domains.DomainStatus;
import dev.waybill.relay.domains.SendingDomain;
import dev.waybill.relay.idempotency.Receipt;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.queue.Acceptance;
import dev.waybill.relay.queue.PostOffice;
import dev.waybill.relay.queue.SubmittedBody;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.IssuedCertificate;
import dev.waybill.relay.testing.MovableClock;
import dev.waybill.relay.testing.ReportHost;
import dev.waybill.relay.testing.ZoneInMemory;
import dev.waybill.relay.transport.AppliedPolicy;
import dev.waybill.relay.transport.FailureKind;
import dev.waybill.relay.transport.TlsSession;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.zip.GZIPInputStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/// From sessions to reports, on each engine, with a real host that takes them.
abstract class TlsReportsContract {
  private static final DomainName DOMAIN = DomainName.of("a.example");
  private static final String RECORD = "_smtp._tls.a.example";
  private static final AppliedPolicy NONE =
      new AppliedPolicy(AppliedPolicy.Type.NONE, DOMAIN, List.of(), List.of());
  private static final AppliedPolicy STS =
      new AppliedPolicy(
          AppliedPolicy.Type.STS,
          DOMAIN,
          List.of("version: STSv1", "mode: enforce"),
          List.of("*.a.example"));
  private static final Duration BEHIND_ALL = Duration.ofHours(24 + 5);

  @TempDir private Path folder;
  private final MovableClock clock = MovableClock.standing();
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private final ZoneInMemory dns = new ZoneInMemory();
  private final List<Acceptance> letters = new ArrayList<>();
  private DomainStatus status = DomainStatus.VERIFIED;
  private IssuedCertificate certificate;
  private ReportHost host;
  private Database database;
  private TlsReports reports;

  abstract DatabaseSettings settings();

  @BeforeEach
  void start() throws Exception {
    certificate = IssuedCertificate.of(folder, "r.a.example");
    host = new ReportHost(certificate.context());
    dns.address("r.a.example", "127.0.0.1");
    database = Database.open(settings());
    reports = node(Optional.of("tls@sender.example"));
  }

  @AfterEach
  void stop() {
    database.close();
    host.close();
  }

  private TlsReports node(Optional<String> from) {
    return new TlsReports(
        new TlsReportSettings(
            true,
            "Sender Inc.",
            "tls@sender.example",
            from.map(EmailAddress::of),
            DomainName.of("relay.sender.example"),
            Duration.ofSeconds(20),
            Optional.of(certificate.pem())),
        database,
        new PostOffice(this::domain, (_, _, _) -> Map.of(), UUID::randomUUID, this::accept),
        new TlsReports.Surroundings(dns, _ -> true, clock, meters));
  }

  private Optional<SendingDomain> domain(DomainName name) {
    return Optional.of(
        new SendingDomain(
            new UUID(1, 1), name, status, "send", false, false, null, true, Instant.EPOCH));
  }

  private CompletableFuture<Receipt> accept(Acceptance acceptance) {
    letters.add(acceptance);
    return CompletableFuture.completedFuture(new Receipt.Queued(acceptance.facts().id()));
  }

  private void asks(String rua) {
    dns.txt(RECORD, "v=TLSRPTv1; rua=" + rua);
  }

  private String web() {
    return "https://r.a.example:%d/v1".formatted(host.port());
  }

  private static TlsSession good(AppliedPolicy policy) {
    return new TlsSession(DOMAIN, policy, Optional.empty());
  }

  private static TlsSession bad(FailureKind kind, String reason) {
    return new TlsSession(
        DOMAIN,
        STS,
        Optional.of(
            new TlsSession.Failure(kind, reason, "mx.a.example", "192.0.2.1", "198.51.100.1")));
  }

  private static JsonNode json(byte[] gzip) throws IOException {
    try (GZIPInputStream in = new GZIPInputStream(new ByteArrayInputStream(gzip))) {
      return JsonMapper.builder().build().readTree(in.readAllBytes());
    }
  }

  private double count(String method, String result) {
    return meters
        .get("waybill.tls.reports")
        .tags("method", method, "result", result)
        .counter()
        .count();
  }

  @Test
  void postsTheReportOfADayThatIsOver() throws IOException {
    asks(web());
    for (int i = 0; i < 3; i++) {
      reports.count(good(STS));
    }
    reports.save();
    reports.count(good(STS));
    reports.count(good(NONE));
    reports.count(bad(FailureKind.CERTIFICATE_EXPIRED, "it is not valid at this time"));
    reports.count(bad(FailureKind.CERTIFICATE_EXPIRED, "it is not valid at this time"));
    reports.save();
    reports.report();
    assertThat(host.posted()).as("the day is not over").isEmpty();
    clock.advance(BEHIND_ALL);
    reports.report();
    assertThat(host.posted())
        .singleElement()
        .satisfies(posted -> {
          assertThat(posted.path()).isEqualTo("POST /v1");
          assertThat(posted.type()).isEqualTo("application/tlsrpt+gzip");
        });
    JsonNode report = json(host.posted().getFirst().body());
    String id = report.get("report-id").asString();
    assertThat(report)
        .isEqualTo(
            JsonMapper.builder()
                .build()
                .readTree(
                    """
                    {"organization-name":"Sender Inc.",
                     "date-range":{"start-datetime":"2026-01-02T00:00:00Z",
                                   "end-datetime":"2026-01-02T23:59:59Z"},
                     "contact-info":"tls@sender.example","report-id":"%s",
                     "policies":[
                       {"policy":{"policy-type":"sts",
                                  "policy-string":["version: STSv1","mode: enforce"],
                                  "policy-domain":"a.example","mx-host":["*.a.example"]},
                        "summary":{"total-successful-session-count":4,
                                   "total-failure-session-count":2},
                        "failure-details":[
                          {"result-type":"certificate-expired","sending-mta-ip":"192.0.2.1",
                           "receiving-mx-hostname":"mx.a.example","receiving-ip":"198.51.100.1",
                           "failed-session-count":2,
                           "failure-reason-code":"it is not valid at this time"}]},
                       {"policy":{"policy-type":"no-policy-found","policy-domain":"a.example"},
                        "summary":{"total-successful-session-count":1,
                                   "total-failure-session-count":0}}]}
                    """
                        .formatted(id)));
    assertThat(count("https", "sent")).isEqualTo(1);
  }

  @Test
  void reportsADayOnceFromAllNodes() throws IOException {
    asks(web());
    TlsReports other = node(Optional.empty());
    reports.count(good(STS));
    other.count(good(STS));
    reports.save();
    other.save();
    clock.advance(BEHIND_ALL);
    other.report();
    reports.report();
    node(Optional.empty()).report();
    clock.advance(Duration.ofDays(2));
    reports.report();
    assertThat(host.posted()).hasSize(1);
    assertThat(
            json(host.posted().getFirst().body())
                .at("/policies/0/summary/total-successful-session-count")
                .asInt())
        .isEqualTo(2);
  }

  @Test
  void letsTheNodeThatIsFirstOpenAReportAndTakeAnAttempt() {
    TlsReportStore store = new TlsReportStore(database);
    Instant now = clock.instant();
    TlsReportStore.Unreported day = new TlsReportStore.Unreported(LocalDate.of(2026, 1, 2), DOMAIN);
    List<String> places = List.of("mailto:1@b.example", "mailto:2@b.example");
    store.open(day, "one", places, now, now.plusSeconds(60));
    assertThatThrownBy(() -> store.open(day, "other", List.of(), now, now.plusSeconds(60)))
        .isInstanceOf(RuntimeException.class);
    List<DueReport> due = store.due(now, 10);
    assertThat(due).extracting(DueReport::uri).containsExactlyInAnyOrderElementsOf(places);
    assertThat(due).extracting(DueReport::id).containsOnly("one");
    assertThat(store.take(due.getFirst(), now.plusSeconds(10))).isTrue();
    assertThat(store.take(due.getFirst(), now.plusSeconds(10))).isFalse();
    assertThat(store.due(now, 10)).containsExactly(due.getLast());
    store.end(due.getLast(), "sent");
    assertThat(store.due(now.plusSeconds(10), 10))
        .singleElement()
        .matches(report -> report.attempts() == 1);
  }

  @Test
  void countsNothingForDomainsThatDoNotAsk() {
    reports.count(good(NONE));
    reports.save();
    asks(web());
    clock.advance(BEHIND_ALL);
    reports.report();
    assertThat(host.posted()).isEmpty();
  }

  @Test
  void keepsWhatItCountedWhileTheDnsIsSilent() {
    asks(web());
    dns.silent(true);
    reports.count(good(NONE));
    reports.save();
    dns.silent(false);
    clock.advance(Duration.ofMinutes(5));
    reports.save();
    clock.advance(BEHIND_ALL);
    reports.report();
    assertThat(host.posted()).hasSize(1);
  }

  @Test
  void triesAgainForADayAndThenGivesUp() {
    asks(web());
    host.answers(503);
    reports.count(good(STS));
    reports.save();
    clock.advance(BEHIND_ALL);
    reports.report();
    reports.report();
    assertThat(host.posted()).as("not at once").hasSize(1);
    clock.advance(Duration.ofMinutes(10));
    reports.report();
    assertThat(host.posted()).hasSize(2);
    clock.advance(Duration.ofHours(12));
    host.answers(302);
    reports.report();
    assertThat(host.posted()).as("a redirect is not followed").hasSize(3);
    assertThat(count("https", "deferred")).isEqualTo(3);
    clock.advance(Duration.ofHours(12));
    host.answers(200);
    reports.report();
    assertThat(host.posted()).hasSize(3);
    assertThat(count("https", "failed")).isEqualTo(1);
  }

  @Test
  void sendsALetterThatNoPolicyKeepsBack() throws IOException {
    asks("mailto:rpt@b.example");
    reports.count(good(STS));
    reports.save();
    clock.advance(BEHIND_ALL);
    reports.report();
    reports.report();
    assertThat(letters).hasSize(1);
    Acceptance letter = letters.getFirst();
    assertThat(PostOffice.Kind.TLS_REPORT.is(letter.facts())).isTrue();
    assertThat(letter.recipients().getFirst().address())
        .isEqualTo(EmailAddress.of("rpt@b.example"));
    String text =
        new String(((SubmittedBody.InMemory) letter.body()).bytes(), StandardCharsets.US_ASCII);
    String id = text.split("Report-ID: <", 2)[1].split("@", 2)[0];
    assertThat(text)
        .contains(
            "From: tls@sender.example\r\nTo: rpt@b.example\r\n",
            "Subject: Report Domain: a.example\r\n Submitter: sender.example\r\n Report-ID: <",
            "\r\nTLS-Report-Domain: a.example\r\nTLS-Report-Submitter: sender.example\r\n",
            "\r\nTLS-Required: No\r\n",
            "Content-Type: multipart/report; report-type=\"tlsrpt\";",
            "Content-Type: application/tlsrpt+gzip\r\n",
            "filename=\"sender.example!a.example!1767312000!1767398399!%s.json.gz\"".formatted(id));
    assertThat(text.lines()).allMatch(line -> line.length() <= 998);
    assertThat(text.replace("\r\n", "")).doesNotContain("\r", "\n");
    assertThat(count("mailto", "sent")).isEqualTo(1);
  }

  @Test
  void waitsForTheDomainOfItsAuthor() {
    asks("mailto:rpt@b.example");
    status = DomainStatus.PENDING;
    reports.count(good(STS));
    reports.save();
    clock.advance(BEHIND_ALL);
    reports.report();
    assertThat(letters).isEmpty();
    status = DomainStatus.VERIFIED;
    clock.advance(Duration.ofMinutes(10));
    reports.report();
    assertThat(letters).hasSize(1);
  }

  @Test
  void sendsNothingByMailWithoutAnAuthor() {
    asks("mailto:rpt@b.example," + web());
    TlsReports nameless = node(Optional.empty());
    nameless.count(good(STS));
    nameless.save();
    clock.advance(BEHIND_ALL);
    nameless.report();
    assertThat(letters).isEmpty();
    assertThat(host.posted()).hasSize(1);
  }

  @Test
  void boundsWhatAHostileHostCanMakeItKeep() throws IOException {
    asks(web());
    for (int i = 0; i < 1_000; i++) {
      reports.count(bad(FailureKind.VALIDATION_FAILURE, "reason " + i));
    }
    reports.save();
    clock.advance(BEHIND_ALL);
    reports.report();
    JsonNode policy = json(host.posted().getFirst().body()).at("/policies/0");
    assertThat(policy.at("/summary/total-failure-session-count").asInt()).isEqualTo(1_000);
    assertThat(policy.get("failure-details").size()).isEqualTo(KeyBounds.MAX_DETAILS + 1);
  }
}

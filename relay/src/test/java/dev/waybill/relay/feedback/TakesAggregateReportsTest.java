package dev.waybill.relay.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.waybill.relay.clock.TimeOrderedIds;
import dev.waybill.relay.dmarc.Days;
import dev.waybill.relay.dmarc.DmarcReports;
import dev.waybill.relay.dmarc.OwnSources;
import dev.waybill.relay.dmarc.SendLog;
import dev.waybill.relay.dmarc.Summary;
import dev.waybill.relay.events.Journal;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.report.aggregate.AggregateSample;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.MovableClock;
import dev.waybill.relay.testing.ReceivingDialog;
import dev.waybill.relay.testing.RecordingLedger;
import dev.waybill.relay.testing.UnsharedJournal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// Reports as they come over SMTP, down to what they come to.
class TakesAggregateReportsTest {
  private static final DomainName DOMAIN = RecordingLedger.DOMAIN.name();

  @TempDir Path folder;
  private final MovableClock clock = new MovableClock(Instant.parse("2026-11-26T06:00:00Z"));
  private final RecordingLedger recording = new RecordingLedger();
  private Database database;
  private Journal journal;
  private DmarcReports reports;
  private FeedbackServer server;

  @BeforeEach
  void start() {
    database =
        Database.open(new DatabaseSettings("jdbc:h2:file:" + folder.resolve("db"), "sa", "", 4));
    journal = UnsharedJournal.of(database);
    reports =
        new DmarcReports(
            Duration.ofDays(400),
            new OwnSources(List.of("ip4:192.0.2.10"), List.of(), _ -> List.of()),
            new DmarcReports.Foundation(
                database,
                journal,
                clock,
                new TimeOrderedIds(clock, new Random(1))::next,
                new SimpleMeterRegistry()));
    Ledger ledger = recording.ledger();
    server =
        new FeedbackServer(
            new FeedbackSettings(
                new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), "relay.sandbox.test"),
            new Ledger(
                ledger.readToken(),
                ledger.origin(),
                ledger.domain(),
                ledger.writing(),
                Ledger.Reports.of(reports)),
            clock,
            () -> 0,
            new SimpleMeterRegistry());
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop();
    database.close();
  }

  @Test
  void addsUpAReportToTheReturnPath() throws IOException {
    assertThat(deliver("dmarc@send.sandbox.example", "001-google")).startsWith("250 2.0.0");
    assertThat(deliver("DMARC@send.sandbox.example", "001-google")).startsWith("250 2.0.0");

    assertThat(summary().figures().messages()).isEqualTo(452);
    assertThat(facts())
        .extracting(each -> each.get("dmarc"), each -> each.get("mailbox"))
        .containsExactly(
            tuple("taken", "dmarc@send.sandbox.example"),
            tuple("duplicate", "dmarc@send.sandbox.example"));
    assertThat(recording.suppressions()).isEmpty();
    assertThat(recording.events()).isEmpty();
  }

  @Test
  void aReportToTheDoorsOwnNameGoesToTheDomainThatItIsAbout() throws IOException {
    deliver("dmarc@relay.sandbox.test", "009-subdomain");
    assertThat(summary().figures().messages()).isEqualTo(7);
  }

  @Test
  void aReportAboutSomebodyElseIsKeptAndNotBelieved() throws IOException {
    String letter =
        new String(AggregateSample.named("001-google").letter(), StandardCharsets.US_ASCII);
    try (ReceivingDialog client = new ReceivingDialog(server.address())) {
      assertThat(client.deliver("x@y.test", "dmarc@send.sandbox.example", letter))
          .startsWith("250");
      assertThat(client.deliver("x@y.test", "dmarc@relay.sandbox.test", letter)).startsWith("250");
    }
    assertThat(summary().extent().reports()).isZero();
    assertThat(facts()).allMatch(each -> "foreign".equals(each.get("dmarc")));
    assertThat(facts()).hasSize(2);
  }

  @Test
  void everySampleIsTakenOrSaysWhyNot() throws IOException {
    for (AggregateSample sample : AggregateSample.all()) {
      assertThat(deliver("dmarc@send.sandbox.example", sample.name()))
          .as(sample.name())
          .startsWith("250 2.0.0");
    }
    assertThat(facts())
        .hasSameSizeAs(AggregateSample.all())
        .allMatch(each ->
            "taken".equals(each.get("dmarc"))
                ? each.containsKey("dmarc_reporter")
                : "unreadable".equals(each.get("dmarc")) && each.containsKey("dmarc_problem"));
  }

  /// The samples are about another domain, and only its name is changed.
  private String deliver(String recipient, String sample) throws IOException {
    AggregateSample whole = AggregateSample.named(sample);
    String about =
        new String(whole.document(), StandardCharsets.ISO_8859_1)
            .replace("shop.example", DOMAIN.value())
            .replace("s\0h\0o\0p\0.", "s\0a\0n\0d\0b\0o\0x\0.");
    try (ReceivingDialog client = new ReceivingDialog(server.address())) {
      return client.deliver(
          "noreply@reporter.test",
          recipient,
          new String(
              whole.letter(about.getBytes(StandardCharsets.ISO_8859_1)),
              StandardCharsets.US_ASCII));
    }
  }

  private Summary summary() {
    Days november = new Days(LocalDate.parse("2026-11-01"), LocalDate.parse("2026-11-30"));
    return reports.summary(DOMAIN, november, 10, new SendLog(0, november));
  }

  private List<Map<String, String>> facts() {
    return journal.read(Journal.Filter.all(), 100).stream()
        .map(entry -> entry.event().facts())
        .toList();
  }
}

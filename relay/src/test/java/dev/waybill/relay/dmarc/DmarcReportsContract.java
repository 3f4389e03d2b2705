package dev.waybill.relay.dmarc;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.tuple;

import dev.waybill.relay.clock.TimeOrderedIds;
import dev.waybill.relay.dmarc.Filing.Result;
import dev.waybill.relay.dmarc.Sender.Origin;
import dev.waybill.relay.dns.DmarcRecord.Policy;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.events.EventType;
import dev.waybill.relay.events.Journal;
import dev.waybill.relay.events.RawReport;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.report.aggregate.AggregateSample;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.testing.MovableClock;
import dev.waybill.relay.testing.UnsharedJournal;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.LocalDate;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// What both databases must do with aggregate reports.
abstract class DmarcReportsContract {
  private static final DomainName SHOP = DomainName.of("shop.example");
  private static final Days NOVEMBER =
      new Days(LocalDate.parse("2026-11-01"), LocalDate.parse("2026-11-30"));
  private static final SendLog NOTHING_KNOWN = new SendLog(0, NOVEMBER);

  private final MovableClock clock = new MovableClock(Instant.parse("2026-11-26T06:00:00Z"));
  private final SimpleMeterRegistry meters = new SimpleMeterRegistry();
  private Database database;
  private Journal journal;
  private DmarcReports reports;

  abstract DatabaseSettings settings();

  @BeforeEach
  void open() {
    database = Database.open(settings());
    journal = UnsharedJournal.of(database);
    reports =
        new DmarcReports(
            Duration.ofDays(400),
            new OwnSources(
                List.of("ip4:192.0.2.0/28", "include:esp.test"), List.of(), _ -> List.of()),
            new DmarcReports.Foundation(
                database, journal, clock, new TimeOrderedIds(clock, new Random(1))::next, meters));
  }

  @AfterEach
  void close() {
    database.close();
  }

  @Test
  void addsUpWhoSendsAndWhatFailsAndWhy() throws IOException {
    for (String sample : List.of("001-google", "002-yahoo", "005-comcast", "006-fastmail")) {
      assertThat(take(AggregateSample.named(sample).letter()).result())
          .as(sample)
          .isEqualTo(Result.TAKEN);
    }

    Summary summary = reports.summary(SHOP, NOVEMBER, 3, NOTHING_KNOWN);

    assertThat(summary.figures()).isEqualTo(new Figures(614, 576, 576, 567, 4, 2));
    assertThat(summary.extent())
        .isEqualTo(new Summary.Extent(4, 4, 1, 6, new Figures(553, 553, 553, 553, 0, 0)));
    assertThat(summary.senders())
        .extracting(Sender::source)
        .containsExactly("192.0.2.10", "203.0.113.66", "2001:db8::10");
    assertThat(summary.senders())
        .extracting(Sender::origin)
        .containsExactly(Origin.RELAY, Origin.OTHER, Origin.OTHER);
    assertThat(summary.senders().get(1).figures()).isEqualTo(new Figures(35, 0, 0, 0, 4, 0));
    assertThat(summary.senders().get(1).failures())
        .extracting(Sender.Failure::words, Sender.Failure::messages)
        .containsExactly(
            tuple("not signed, SPF of bulk.test does not name it", 31L),
            tuple("not signed, no SPF record", 4L));
    assertThat(summary.reporters())
        .containsExactly(
            new Summary.Reporting("google.com", 1, 452, 421),
            new Summary.Reporting("Yahoo", 1, 124, 120),
            new Summary.Reporting("FastMail Pty Ltd", 1, 22, 21),
            new Summary.Reporting("comcast.net", 1, 16, 14));
    assertThat(summary.policy().orElseThrow().policy()).isEqualTo(Policy.NONE);
    assertThat(summary.advice().verdict()).isEqualTo(Advice.Verdict.NOT_ENOUGH_EVIDENCE);
    assertThat(meters.get("waybill.dmarc.letters").tag("result", "taken").counter().count())
        .isEqualTo(4);
    assertThat(meters.get("waybill.dmarc.messages").tag("result", "fail").counter().count())
        .isEqualTo(38);
  }

  @Test
  void takesAReportOnceAndKeepsEveryLetter() throws IOException {
    byte[] letter = AggregateSample.named("001-google").letter();

    assertThat(take(letter).result()).isEqualTo(Result.TAKEN);
    assertThat(take(letter).result()).isEqualTo(Result.DUPLICATE);
    assertThat(take(changed("001-google", "10447283910023874655", "another")).result())
        .isEqualTo(Result.TAKEN);

    assertThat(list(null, null, 10)).hasSize(2);
    List<Journal.Entry> entries = journal.read(Journal.Filter.all(), 10);
    assertThat(entries)
        .extracting(entry -> entry.event().facts().get("dmarc"))
        .containsExactly("taken", "duplicate", "taken");
    assertThat(entries.getFirst().event().facts())
        .containsEntry("dmarc_reporter", "google.com")
        .containsEntry("dmarc_report_id", "10447283910023874655")
        .containsEntry("dmarc_domain", "shop.example")
        .containsEntry("dmarc_begin", "2026-11-25T00:00:00Z")
        .containsEntry("dmarc_messages", "452")
        .containsEntry("dmarc_passed", "421")
        .doesNotContainKey("dmarc_problem");
    assertThat(journal.report(entries.get(1).seq()).orElseThrow().content()).isEqualTo(letter);
  }

  @Test
  void twoThatComeTogetherAreTakenOnce() throws IOException {
    byte[] letter = AggregateSample.named("001-google").letter();
    Filing first = look(letter);
    Filing second = look(letter);

    keep(first, letter);
    assertThatThrownBy(() -> keep(second, letter)).isInstanceOf(RuntimeException.class);

    assertThat(journal.read(Journal.Filter.all(), 10)).hasSize(1);
    assertThat(list(null, null, 10)).hasSize(1);
  }

  @Test
  void writesNothingWhereTheEventCannotBeWritten() throws IOException {
    byte[] letter = AggregateSample.named("001-google").letter();
    Event unstorable =
        new Event(
            EventType.REPORT_RECEIVED, clock.instant(), null, null, "x".repeat(300), Map.of());

    assertThatThrownBy(
            () -> reports.keep(unstorable, new RawReport(letter, letter.length), look(letter)))
        .isInstanceOf(RuntimeException.class);

    assertThat(list(null, null, 10)).isEmpty();
    assertThat(journal.read(Journal.Filter.all(), 10)).isEmpty();
  }

  @Test
  void aLetterThatIsNoReportIsKeptWithTheReason() throws IOException {
    byte[] bomb = AggregateSample.named("101-entity-bomb").letter();
    byte[] words = "Subject: hi\r\n\r\nhello".getBytes(StandardCharsets.US_ASCII);

    assertThat(take(bomb).result()).isEqualTo(Result.UNREADABLE);
    assertThat(take(words).result()).isEqualTo(Result.NO_REPORT);

    List<Journal.Entry> entries = journal.read(Journal.Filter.all(), 10);
    assertThat(entries.getFirst().event().facts())
        .isEqualTo(
            Map.of(
                "dmarc", "unreadable",
                "dmarc_problem", "it has a document type, which is never read"));
    assertThat(journal.report(entries.getFirst().seq()).orElseThrow().content()).isEqualTo(bomb);
    assertThat(entries.get(1).event().facts()).isEqualTo(Map.of("dmarc", "no_report"));
  }

  @Test
  void onlyReportsAboutTheMailboxesDomainAreTaken() throws IOException {
    DomainName subdomain = DomainName.of("news.shop.example");
    byte[] letter = AggregateSample.named("001-google").letter();

    assertThat(look(letter, DomainName.of("other.example")).problem())
        .isEqualTo("reports about shop.example do not come here");
    assertThat(look(letter, DomainName.of("notshop.example")).result()).isEqualTo(Result.FOREIGN);
    assertThat(look(letter, subdomain).result()).isEqualTo(Result.TAKEN);
    assertThat(look(AggregateSample.named("009-subdomain").letter()).result())
        .isEqualTo(Result.TAKEN);
    assertThat(DmarcReports.concerns(DomainName.of("co.uk"), DomainName.of("shop.co.uk")))
        .isFalse();
    assertThat(DmarcReports.concerns(DomainName.of("example"), SHOP)).isFalse();
  }

  @Test
  void ofAReportAboutTheDomainAboveOnlyItsOwnMailCounts() throws IOException {
    DomainName news = DomainName.of("news.shop.example");
    byte[] letter =
        changed(
            "002-yahoo",
            "<header_from>shop.example</header_from>\n    </identifiers>\n    <auth_results>\n      <spf>",
            "<header_from>news.shop.example</header_from>\n    </identifiers>\n    <auth_results>\n      <spf>");
    keep(look(letter, news), letter);

    Summary summary = reports.summary(news, NOVEMBER, 10, NOTHING_KNOWN);

    assertThat(summary.figures()).isEqualTo(new Figures(4, 0, 0, 0, 4, 0));
    assertThat(summary.policy().orElseThrow().domain()).isEqualTo(SHOP);
  }

  @Test
  void reportsOfTimesThatCannotBeAreNotTaken() throws IOException {
    assertThat(take(changed("001-google", "1795", "1796")).result()).isEqualTo(Result.UNTIMELY);
    assertThat(take(changed("001-google", "1795", "1695")).result()).isEqualTo(Result.UNTIMELY);
    assertThat(list(null, null, 10)).isEmpty();
  }

  @Test
  void moreThanAnyDomainGetsIsNotTaken() throws IOException {
    take(AggregateSample.named("001-google").letter());
    database.durably(
        handle -> handle.execute("update dmarc_report set row_count = ?", DmarcReports.MOST_ROWS));

    assertThat(take(AggregateSample.named("002-yahoo").letter()).result())
        .isEqualTo(Result.TOO_MANY);
    clock.advance(Duration.ofDays(1).plusSeconds(1));
    assertThat(take(AggregateSample.named("002-yahoo").letter()).result()).isEqualTo(Result.TAKEN);
  }

  @Test
  void listsThemPageByPage() throws IOException {
    for (String sample : List.of("001-google", "002-yahoo", "003-microsoft", "004-mailru")) {
      take(AggregateSample.named(sample).letter());
      clock.advance(Duration.ofSeconds(1));
    }

    List<StoredReport> first = list(null, null, 2);
    List<StoredReport> rest = list(first.getLast().id(), null, 10);

    assertThat(first)
        .extracting(StoredReport::organization)
        .containsExactly("Mail.Ru", "Enterprise Outlook");
    assertThat(rest).extracting(StoredReport::organization).containsExactly("Yahoo", "google.com");
    assertThat(list(null, rest.getLast().id(), 2))
        .extracting(StoredReport::organization)
        .containsExactly("Enterprise Outlook", "Yahoo");
    assertThat(reports.list(SHOP, november(26), null, null, 10)).isEmpty();
    assertThat(reports.list(SHOP, november(25), null, null, 10)).hasSize(4);
    assertThat(rest.getLast())
        .isEqualTo(
            new StoredReport(
                rest.getLast().id(),
                "google.com",
                "noreply-dmarc-support@google.com",
                "10447283910023874655",
                Instant.parse("2026-11-25T00:00:00Z"),
                Instant.parse("2026-11-25T23:59:59Z"),
                Instant.parse("2026-11-26T06:00:00Z"),
                "shop.example",
                452,
                421));
  }

  @Test
  void forgetsWhatIsOlderThanItIsToBeKept() throws IOException {
    take(AggregateSample.named("001-google").letter());
    assertThat(reports.forgetOld()).isZero();

    clock.advance(Duration.ofDays(400));

    assertThat(reports.forgetOld()).isEqualTo(1);
    assertThat(
            database
                .jdbi()
                .<Integer, RuntimeException>withHandle(handle ->
                    handle.createQuery("select count(*) from dmarc_row").mapTo(int.class).one()))
        .isZero();
  }

  private static Days november(int day) {
    LocalDate date = LocalDate.of(2026, 11, day);
    return new Days(date, date);
  }

  private List<StoredReport> list(@Nullable UUID after, @Nullable UUID before, int limit) {
    return reports.list(SHOP, NOVEMBER, after, before, limit);
  }

  private Filing take(byte[] letter) {
    Filing filing = look(letter);
    keep(filing, letter);
    return filing;
  }

  private Filing look(byte[] letter) {
    return look(letter, SHOP);
  }

  private Filing look(byte[] letter, DomainName domain) {
    return reports.look(
        letter, policy -> Optional.of(domain).filter(own -> DmarcReports.concerns(policy, own)));
  }

  private void keep(Filing filing, byte[] letter) {
    Event event =
        new Event(
            EventType.REPORT_RECEIVED, clock.instant(), null, null, SHOP.value(), filing.facts());
    reports.keep(event, new RawReport(letter, letter.length), filing);
  }

  private static byte[] changed(String sample, String what, String with) throws IOException {
    AggregateSample whole = AggregateSample.named(sample);
    String document = new String(whole.document(), StandardCharsets.UTF_8);
    assertThat(document).contains(what);
    return whole.letter(document.replace(what, with).getBytes(StandardCharsets.UTF_8));
  }
}

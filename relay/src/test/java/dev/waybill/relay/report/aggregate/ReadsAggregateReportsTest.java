package dev.waybill.relay.report.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.dns.DmarcRecord.Policy;
import dev.waybill.relay.report.aggregate.AggregateReader.Reading;
import dev.waybill.relay.report.aggregate.AggregateReport.Row;
import dev.waybill.relay.report.aggregate.AuthCheck.Outcome;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReadsAggregateReportsTest {
  static List<AggregateSample> samples() throws IOException {
    return AggregateSample.all();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void readsEverySample(AggregateSample sample) throws IOException {
    String told = AggregateSample.told(AggregateReader.read(sample.letter()));
    if (sample.expected().startsWith("unreadable")) {
      assertThat(told).startsWith(sample.expected());
    } else {
      assertThat(told).isEqualTo(sample.expected());
    }
  }

  @Test
  void everyDocumentIsInTheTable() throws IOException {
    assertThat(AggregateSample.files())
        .isEqualTo(
            samples().stream()
                .map(AggregateSample::name)
                .collect(Collectors.toCollection(TreeSet::new)))
        .hasSizeGreaterThan(30);
  }

  @Test
  void tellsWhoAndWhenAndByWhichPolicy() throws IOException {
    AggregateReport report = report("007-rfc9990");

    assertThat(report.reporter().email()).isEqualTo("dmarc@receiver.test");
    assertThat(report.id()).isEqualTo("9990-20261125-shop.example");
    assertThat(report.begin()).isEqualTo(Instant.parse("2026-11-25T00:00:00Z"));
    assertThat(report.end()).isEqualTo(Instant.parse("2026-11-25T23:59:59Z"));
    assertThat(report.policy().domain().value()).isEqualTo("shop.example");
    assertThat(report.policy().policy()).isEqualTo(Policy.QUARANTINE);
    assertThat(report.policy().subdomainPolicy()).isEqualTo(Policy.NONE);
    assertThat(report.policy().testing()).isTrue();
    assertThat(report.policy().percent()).isEqualTo(100);
    assertThat(report("008-sampled-out").policy().percent()).isEqualTo(25);
  }

  @Test
  void tellsWhyMailPassesOrFails() throws IOException {
    assertThat(report("001-google").rows())
        .extracting(ReadsAggregateReportsTest::words)
        .containsExactly(
            "192.0.2.10 412 none  dkim=pass shop.example wb1 spf=pass send.shop.example",
            "203.0.113.66 31 none  dkim=none   spf=failed bulk.test",
            "198.51.100.7 9 none local_policy dkim=pass shop.example wb1 spf=unaligned forward.test");
    assertThat(report("005-comcast").rows())
        .extracting(ReadsAggregateReportsTest::words)
        .containsExactly(
            "2001:db8:0:0:0:0:0:10 14 none  dkim=pass shop.example wb1 spf=pass send.shop.example",
            "203.0.113.99 2 reject  dkim=unaligned other.test s1 spf=unaligned other.test");
    assertThat(words(report("006-fastmail").rows().getLast()))
        .isEqualTo(
            "203.0.113.7 1 none mailing_list dkim=unaligned list.test l1 spf=unaligned list.test");
    assertThat(words(report("003-microsoft").rows().getLast()))
        .isEqualTo("198.51.100.20 3 none  dkim=failed shop.example wb2 spf=pass send.shop.example");
  }

  @Test
  void whatARecordDoesNotSayIsNotGuessed() throws IOException {
    JudgedMail mail = report("010-minimal").rows().getFirst().mail();
    assertThat(mail.passes()).isFalse();
    assertThat(mail.dkim().outcome()).isEqualTo(Outcome.NONE);
    assertThat(mail.headerFrom().value()).isEqualTo("shop.example");
    assertThat(report("014-same-kind-twice").rows().getLast().mail().source()).isNull();
  }

  @Test
  void aLetterWithoutAReportIsNone() {
    assertThat(read("Subject: hello\r\n\r\nWhere are my shoes?\r\n")).isEqualTo("none");
    assertThat(read("")).isEqualTo("none");
    assertThat(read("Content-Type: text/html\r\n\r\n<html><body>hi</body></html>"))
        .isEqualTo("none");
    assertThat(read("Content-Type: application/zip\r\n\r\nno archive")).isEqualTo("none");
  }

  @Test
  void aLetterThatIsTheFileItselfIsRead() throws IOException {
    byte[] packed = AggregateSample.gzip(AggregateSample.named("002-yahoo").document());
    byte[] letter =
        AggregateSample.joined(
            "Content-Type: application/gzip\r\nContent-Transfer-Encoding: binary\r\n\r\n"
                .getBytes(StandardCharsets.US_ASCII),
            packed);
    assertThat(AggregateSample.told(AggregateReader.read(letter))).startsWith("report, Yahoo");
  }

  @Test
  void manyKindsArePutTogetherWithoutLosingAMessage() throws IOException {
    StringBuilder records = new StringBuilder();
    for (int host = 0; host < 3_000; host++) {
      records.append(record("198.51.%d.%d".formatted(host / 256, host % 256), host < 10 ? 50 : 2));
    }
    AggregateReport report = reported(records.toString());

    assertThat(report.messages()).isEqualTo(10 * 50 + 2_990 * 2);
    assertThat(report.rows()).hasSizeLessThanOrEqualTo(AggregateReport.MOST_ROWS).hasSize(901);
    assertThat(report.rows().getFirst().messages()).isEqualTo(50);
    assertThat(report.rows().getLast().mail().source()).isNull();
    assertThat(report.rows().getLast().messages()).isEqualTo(2_100 * 2);
  }

  private static AggregateReport reported(String records) throws IOException {
    String document =
        new String(AggregateSample.named("015-empty-day").document(), StandardCharsets.UTF_8)
            .replace("</feedback>", records + "</feedback>");
    byte[] letter =
        AggregateSample.letter(
            "application/gzip", AggregateSample.gzip(document.getBytes(StandardCharsets.UTF_8)));
    return ((Reading.Readable) AggregateReader.read(letter)).report();
  }

  private static String record(String source, int count) {
    return ("<record><row><source_ip>%s</source_ip><count>%d</count></row>"
            + "<identifiers><header_from>shop.example</header_from></identifiers></record>")
        .formatted(source, count);
  }

  private static AggregateReport report(String name) throws IOException {
    return ((Reading.Readable) AggregateReader.read(AggregateSample.named(name).letter())).report();
  }

  private static String read(String letter) {
    return AggregateSample.told(AggregateReader.read(letter.getBytes(StandardCharsets.UTF_8)));
  }

  private static String words(Row row) {
    JudgedMail mail = row.mail();
    return Arrays.asList(
            mail.source() == null ? "?" : mail.source().getHostAddress(),
            Long.toString(row.messages()),
            mail.disposition().text(),
            mail.exception(),
            "dkim=" + mail.dkim().outcome().text(),
            mail.dkim().domain(),
            mail.dkim().selector(),
            "spf=" + mail.spf().outcome().text(),
            mail.spf().domain())
        .stream()
        .collect(Collectors.joining(" "))
        .stripTrailing();
  }
}

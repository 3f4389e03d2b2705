package dev.waybill.relay.report.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waybill.relay.report.aggregate.AggregateReader.Reading;
import java.nio.charset.StandardCharsets;

/// Any octets as a letter to `dmarc@`, and as the file and the records in it: reading answers with
/// a value, and every text of it is a bounded line. `JAZZER_FUZZ=1` looks for new inputs.
class AggregateFuzzTest {
  private static final byte[] ARCHIVE = head("application/zip");
  private static final byte[] XML = head("text/xml");
  private static final byte[] START =
      ("<feedback><report_metadata><org_name>o</org_name><report_id>i</report_id><date_range>"
              + "<begin>0</begin><end>1</end></date_range></report_metadata>"
              + "<policy_published><domain>shop.example</domain></policy_published><record>")
          .getBytes(StandardCharsets.US_ASCII);
  private static final byte[] END = "</record></feedback>".getBytes(StandardCharsets.US_ASCII);

  @FuzzTest(maxDuration = "10m")
  void reports(byte[] octets) {
    check(AggregateReader.read(octets));
    check(AggregateReader.read(AggregateSample.joined(ARCHIVE, octets)));
    check(AggregateReader.read(AggregateSample.joined(XML, octets)));
    check(AggregateReader.read(AggregateSample.joined(XML, START, octets, END)));
  }

  private static void check(Reading reading) {
    switch (reading) {
      case Reading.NoReport() -> {}
      case Reading.Unreadable(String problem) -> isLine(problem, 200);
      case Reading.Readable(AggregateReport report) -> check(report);
    }
  }

  private static void check(AggregateReport report) {
    isLine(report.reporter().organization(), 100);
    isLine(report.reporter().email(), 254);
    isLine(report.id(), 255);
    assertThat(report.rows()).hasSizeLessThanOrEqualTo(AggregateReport.MOST_ROWS);
    assertThat(report.passed()).isBetween(0L, report.messages());
    report
        .rows()
        .forEach(row -> {
          assertThat(row.messages()).isBetween(1L, 100_000L * 1_000_000_000L);
          isLine(row.mail().exception(), 32);
          isLine(row.mail().dkim().domain(), 253);
          isLine(row.mail().dkim().selector(), 63);
          isLine(row.mail().spf().domain(), 253);
        });
  }

  private static void isLine(String text, int most) {
    assertThat(text.length()).isLessThanOrEqualTo(most);
    assertThat(text.chars().noneMatch(Character::isISOControl)).isTrue();
  }

  private static byte[] head(String mediaType) {
    return ("Content-Type: " + mediaType + "\r\n\r\n").getBytes(StandardCharsets.US_ASCII);
  }
}

package dev.waybill.relay.tlsreport;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;
import java.util.List;

/// Any octets as the record by which a domain asks for reports. `JAZZER_FUZZ=1` looks for new
/// inputs.
class ReportRecordFuzzTest {
  @FuzzTest(maxDuration = "10m")
  void records(byte[] octets) {
    String text = new String(octets, StandardCharsets.UTF_8);
    ReportRecord.among(List.of(text))
        .ifPresent(record -> {
          assertThat(text).startsWith("v=TLSRPTv1");
          assertThat(record.uris()).isNotEmpty().hasSizeLessThanOrEqualTo(ReportRecord.MAX_URIS);
          record.uris().forEach(uri -> check(Place.of(uri).orElseThrow()));
        });
    Place.of(text).ifPresent(ReportRecordFuzzTest::check);
  }

  /// Neither a request nor a letter gets lines that a stranger wrote.
  private static void check(Place place) {
    switch (place) {
      case Place.Mail mail ->
          assertThat(mail.address().toString().chars()).allMatch(c -> c > ' ' && c != 0x7F);
      case Place.Web web -> {
        assertThat(web.target()).startsWith("/").matches("[!-~]+");
        assertThat(web.port()).isBetween(1, 65_535);
      }
    }
  }
}

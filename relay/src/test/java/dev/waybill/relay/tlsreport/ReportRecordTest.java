package dev.waybill.relay.tlsreport;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.message.EmailAddress;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Who asks for reports, and where they are to go.
class ReportRecordTest {
  private static List<String> uris(String... texts) {
    return ReportRecord.among(List.of(texts)).map(ReportRecord::uris).orElse(List.of());
  }

  @Test
  void readsWhereReportsGo() {
    assertThat(uris("v=TLSRPTv1; rua=mailto:tls@a.example"))
        .containsExactly("mailto:tls@a.example");
    assertThat(uris("v=TLSRPTv1;x=y ;rua=https://r.a.example/v1 , mailto:tls@a.example;"))
        .containsExactly("https://r.a.example/v1", "mailto:tls@a.example");
    assertThat(uris("v=spf1 -all", "v=TLSRPTv1 ; rua=mailto:tls@a.example", "v=TLSRPTv12;rua=x"))
        .hasSize(1);
  }

  @Test
  void leavesOutWhatNothingCanGoTo() {
    assertThat(uris("v=TLSRPTv1; rua=ftp://a.example/,http://a.example/,mailto:tls@a.example"))
        .containsExactly("mailto:tls@a.example");
    assertThat(uris("v=TLSRPTv1; rua=mailto:1@a.example,mailto:2@a.example,mailto:3@a.example"))
        .as("no more than two")
        .hasSize(ReportRecord.MAX_URIS);
    assertThat(uris("v=TLSRPTv1; rua=mailto:1@a.example,mailto:1@a.example")).hasSize(1);
    assertThat(uris("v=TLSRPTv1; rua=https://a.example/" + "x".repeat(1_000))).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "v=TLSRPTv1",
        "v=TLSRPTv1;",
        "v=TLSRPTv2; rua=mailto:tls@a.example",
        "V=TLSRPTv1; rua=mailto:tls@a.example",
        "rua=mailto:tls@a.example; v=TLSRPTv1",
        "v=TLSRPTv1; rua=",
        "v=TLSRPTv1; rua=tls@a.example"
      })
  void takesNothingElseForARequest(String text) {
    assertThat(uris(text)).isEmpty();
  }

  @Test
  void takesSeveralRecordsForNone() {
    assertThat(uris("v=TLSRPTv1; rua=mailto:1@a.example", "v=TLSRPTv1; rua=mailto:2@a.example"))
        .isEmpty();
  }

  @Test
  void readsPlaces() {
    assertThat(Place.of("mailto:tls%2Brpt@a.example?subject=x"))
        .contains(new Place.Mail(EmailAddress.of("tls+rpt@a.example")));
    assertThat(Place.of("mailto:tls+rpt@a.example"))
        .contains(new Place.Mail(EmailAddress.of("tls+rpt@a.example")));
    assertThat(Place.of("HTTPS://R.a.example:8443/a%21b?c=d#e"))
        .contains(new Place.Web(DomainName.of("r.a.example"), 8443, "/a%21b?c=d"));
    assertThat(Place.of("https://r.a.example"))
        .contains(new Place.Web(DomainName.of("r.a.example"), 443, "/"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "https://user:pass@r.a.example/",
        "https://[::1]/",
        "https:///x",
        "https://r.a.example:0/",
        "https://r.a.example:99999/",
        "https://r.a.example/\u00e9",
        "https://r.a.example/a b",
        "mailto:",
        "mailto:a@a.example%0d%0aBcc:b@b.example",
        "mailto:a@a.example,b@b.example",
        "mailto:%zz@a.example"
      })
  void refusesPlacesThatAreNone(String uri) {
    assertThat(Place.of(uri)).isEmpty();
  }
}

package dev.waybill.relay.dns;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.dns.DmarcRecord.Parsed;
import dev.waybill.relay.dns.DmarcRecord.Policy;
import dev.waybill.relay.dns.DmarcRecord.PublicSuffix;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DmarcRecordTest {
  @Test
  void readsEveryTagThatMatters() {
    assertThat(
            DmarcRecord.parse(
                "v=DMARC1 ; P=Reject; sp=none;np=Reject;adkim=s; aspf = S; t=y; psd=n; fo=1; ri=3600;"
                    + " x-new=1; rua=mailto:a@b.example, mailto:c@d.example!10m;"))
        .isEqualTo(
            new Parsed.Published(
                new DmarcRecord(
                    Policy.REJECT,
                    Policy.NONE,
                    Policy.REJECT,
                    true,
                    true,
                    true,
                    PublicSuffix.NO,
                    List.of("mailto:a@b.example", "mailto:c@d.example!10m"),
                    List.of("ri"))));
  }

  @Test
  void fillsInDefaults() {
    assertThat(DmarcRecord.parse("v=DMARC1; p=quarantine; adkim=x"))
        .isEqualTo(
            new Parsed.Published(
                new DmarcRecord(
                    Policy.QUARANTINE,
                    Policy.QUARANTINE,
                    Policy.QUARANTINE,
                    false,
                    false,
                    false,
                    PublicSuffix.UNKNOWN,
                    List.of(),
                    List.of())));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "v=DMARC1",
        "v=DMARC1; rua=mailto:a@b.example",
        "v=DMARC1; p=bad; rua=mailto:a@b.example"
      })
  void takesARecordWithoutAUsablePolicyAsNone(String text) {
    assertThat(DmarcRecord.parse(text))
        .isInstanceOfSatisfying(
            Parsed.Published.class,
            published -> assertThat(published.record().policy()).isEqualTo(Policy.NONE));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "v=DMARC1; p=bad",
        "v=DMARC1; p=none; np=bad",
        "v=DMARC1; p=none; p=reject",
        "v=DMARC1; reject",
        "v=DMARC1;=x"
      })
  void saysWhatReceiversCannotUse(String text) {
    assertThat(DmarcRecord.parse(text)).isInstanceOf(Parsed.Malformed.class);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "v=spf1 -all", "v=DMARC12; p=none", "v=dmarc1; p=none", "p=none; v=DMARC1"})
  void leavesOtherTextsAlone(String text) {
    assertThat(DmarcRecord.parse(text)).isEqualTo(new Parsed.Unrelated());
  }
}

package dev.waybill.relay.message;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DsnParametersTest {
  @Test
  void readsNotify() {
    assertThat(DsnParameters.readNotify("never")).contains(Set.of(DsnParameters.Notify.NEVER));
    assertThat(DsnParameters.readNotify("Success,DELAY"))
        .contains(Set.of(DsnParameters.Notify.SUCCESS, DsnParameters.Notify.DELAY));
    for (String bad :
        new String[] {"", "NEVER,FAILURE", "SUCCESS,", ",", "ALWAYS", "SUCCESS;DELAY"}) {
      assertThat(DsnParameters.readNotify(bad)).as(bad).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"1", "QQ314159", "a+2Bb", "+20", "x\"y;z<>"})
  void takesXtextForAnEnvelopeId(String value) {
    assertThat(DsnParameters.isEnvid(value)).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"", "a b", "a=b", "a+", "a+2", "a+2b", "a+0D", "a+0A", "a+7F", "a+00", "ä", "\t"})
  void refusesWhatIsNoPrintableXtext(String value) {
    assertThat(DsnParameters.isEnvid(value)).isFalse();
  }

  @Test
  void boundsLengths() {
    assertThat(DsnParameters.isEnvid("x".repeat(100))).isTrue();
    assertThat(DsnParameters.isEnvid("x".repeat(101))).isFalse();
    assertThat(DsnParameters.isOrcpt("rfc822;" + "x".repeat(493), false)).isTrue();
    assertThat(DsnParameters.isOrcpt("rfc822;" + "x".repeat(494), false)).isFalse();
    assertThat(DsnParameters.isOrcpt("x".repeat(65) + ";x", false)).isFalse();
  }

  @Test
  void readsTheOriginalRecipient() {
    assertThat(DsnParameters.isOrcpt("rfc822;bob@example.com", false)).isTrue();
    assertThat(DsnParameters.isOrcpt("x400;/S+3Dbob/", false)).isTrue();
    assertThat(DsnParameters.isOrcpt("utf-8;j\\x{F6}@example.com", false)).isTrue();
    assertThat(DsnParameters.isOrcpt("utf-8;jö@example.com", true)).isTrue();
    assertThat(DsnParameters.isOrcpt("utf-8;jö@example.com", false)).isFalse();
    assertThat(DsnParameters.isOrcpt("rfc822;jö@example.com", true)).isFalse();
    for (String bad :
        new String[] {"", ";", "rfc822", "rfc822;", ";bob", "rfc 822;bob", "rf_c;bob"}) {
      assertThat(DsnParameters.isOrcpt(bad, true)).as(bad).isFalse();
    }
  }

  @Test
  void decodesXtext() {
    assertThat(DsnParameters.decoded("a+2Bb+3D+20c")).isEqualTo("a+b= c");
    assertThat(DsnParameters.decoded("a+2")).isEqualTo("a+2");
  }

  @Test
  void writesAndReadsItsOneLine() {
    assertThat(DsnParameters.NONE.text()).isEmpty();
    assertThat(DsnParameters.parse("")).isEqualTo(DsnParameters.NONE);
    DsnParameters all =
        new DsnParameters(
            DsnParameters.Ret.FULL,
            "a+3Db",
            Set.of(DsnParameters.Notify.DELAY, DsnParameters.Notify.FAILURE),
            "rfc822;b+2Bob@example.com");
    assertThat(all.text())
        .isEqualTo("RET=FULL ENVID=a+3Db NOTIFY=FAILURE,DELAY ORCPT=rfc822;b+2Bob@example.com");
    assertThat(DsnParameters.parse(all.text())).isEqualTo(all);
  }
}

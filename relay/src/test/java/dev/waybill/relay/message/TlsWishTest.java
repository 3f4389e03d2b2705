package dev.waybill.relay.message;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class TlsWishTest {
  @ParameterizedTest
  @ValueSource(strings = {"No", "no", "NO", " No ", "\tno"})
  void waivesWhereTheFieldSaysNo(String value) {
    assertThat(TlsWish.of(false, List.of(value))).isEqualTo(TlsWish.WAIVED);
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "Yes", "No, thanks", "No (really)", "none"})
  void takesNoMeaningFromAnotherValue(String value) {
    assertThat(TlsWish.of(false, List.of(value))).isEqualTo(TlsWish.NONE);
  }

  @Test
  void takesNoMeaningFromTwoFields() {
    assertThat(TlsWish.of(false, List.of("No", "No"))).isEqualTo(TlsWish.NONE);
    assertThat(TlsWish.of(false, List.of())).isEqualTo(TlsWish.NONE);
  }

  @Test
  void requiresWhateverTheFieldSays() {
    assertThat(TlsWish.of(true, List.of("No"))).isEqualTo(TlsWish.REQUIRED);
  }

  @ParameterizedTest
  @EnumSource
  void isKnownAgainByItsText(TlsWish wish) {
    assertThat(TlsWish.of(wish.text())).isEqualTo(wish);
  }

  @Test
  void refusesATextThatItNeverWrote() {
    assertThatIllegalArgumentException().isThrownBy(() -> TlsWish.of("maybe"));
  }
}

package dev.waybill.relay.brand;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.relay.testing.Pictures;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BrandTest {
  private static final Brand FULL =
      Brand.NONE.with(new BrandWish("Müller", "Bye", Pictures.of("png", 3, 2)));

  @Test
  void changesOnlyWhatTheWishNames() {
    assertThat(FULL.with(BrandWish.NONE)).isEqualTo(FULL);
    Brand renamed = FULL.with(new BrandWish("  Meier\n", null, null));
    assertThat(renamed).isEqualTo(new Brand("Meier", "Bye", FULL.logo()));
    assertThat(FULL.with(new BrandWish(null, null, Pictures.WEBP_LOSSY)).logo())
        .isNotEqualTo(FULL.logo());
  }

  @Test
  void emptyTakesAway() {
    assertThat(FULL.with(new BrandWish("", null, null)).displayName()).isNull();
    assertThat(FULL.with(new BrandWish(null, " \r\n ", null)).unsubscribeFooter()).isNull();
    assertThat(FULL.with(new BrandWish(null, null, new byte[0])).logo()).isNull();
    assertThat(FULL.with(new BrandWish("", "", new byte[0]))).isEqualTo(Brand.NONE);
  }

  @Test
  void countsCharactersNotUnits() {
    String hundred = "👋".repeat(100);
    assertThat(named(hundred).displayName()).isEqualTo(hundred);
    assertThatThrownBy(() -> named(hundred + "!"))
        .hasMessage(
            "display_name: 101 characters (expected: at most 100 characters, without controls)");
    assertThat(footed("字".repeat(500)).unsubscribeFooter()).hasSize(500);
    assertThatThrownBy(() -> footed("字".repeat(501)))
        .hasMessageStartingWith("unsubscribe_footer: 501 characters (expected: at most 500");
  }

  @Test
  void keepsLineBreaksOfAFooterInOneForm() {
    assertThat(footed("a\r\nb\rc\n\nd\n").unsubscribeFooter()).isEqualTo("a\nb\nc\n\nd");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\u0000b", "a\tb", "a\u001bb", "a\u0085b", "a\u2028b", "a\ud800b"})
  void refusesControls(String text) {
    assertThatThrownBy(() -> named(text))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("U+%04X stands in it".formatted((int) text.charAt(1)));
    assertThatThrownBy(() -> footed(text)).hasMessageStartingWith("unsubscribe_footer: U+");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb", "a\r\nb", "\u202eelgooG", "a\u2066b", "a\u2069b"})
  void refusesInANameWhatWouldTurnThePageAround(String name) {
    assertThatThrownBy(() -> named(name)).hasMessageContaining("stands in it");
  }

  @ParameterizedTest
  @ValueSource(strings = {"می\u200cخواهم", "👨\u200d👩\u200d👧", "<b>&\"'", "מולר"})
  void takesEveryScript(String name) {
    assertThat(named(name).displayName()).isEqualTo(name);
  }

  private static Brand named(String name) {
    return Brand.NONE.with(new BrandWish(name, null, null));
  }

  private static Brand footed(String footer) {
    return Brand.NONE.with(new BrandWish(null, footer, null));
  }
}

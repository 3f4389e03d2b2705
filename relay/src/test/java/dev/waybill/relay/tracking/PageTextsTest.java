package dev.waybill.relay.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.FieldSource;

class PageTextsTest {
  @SuppressWarnings("unused")
  private static final java.util.List<String> LANGUAGES = PageTexts.LANGUAGES;

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "de-AT,de;q=0.9,en;q=0.8 | de",
        "pt-BR,fr;q=0.3,es;q=0.7 | es",
        "ja | ja",
        "AR-eg | ar",
        "tlh | en",
        "* | en",
        "'' | en",
        ";;q=x,,% | en",
      })
  void speaksTheLanguageThatTheBrowserLikesBest(String wish, String language) {
    assertThat(PageTexts.of(wish).language()).isEqualTo(language);
  }

  @Test
  void readsNoMoreThanABrowserSends() {
    assertThat(PageTexts.of("x".repeat(100_000)).language()).isEqualTo("en");
    assertThat(PageTexts.of("en;q=0.1,".repeat(10_000) + "de").language()).isEqualTo("en");
  }

  @ParameterizedTest
  @FieldSource("LANGUAGES")
  void everyLanguageSaysEverything(String language) {
    PageTexts english = PageTexts.in("en");
    PageTexts texts = PageTexts.in(language);
    assertThat(texts.texts().keySet()).isEqualTo(english.texts().keySet());
    texts
        .texts()
        .forEach((name, text) -> {
          assertThat(text).as(name).isNotBlank().doesNotContain("<", "&");
          assertThat(text.contains("{0}"))
              .as(name)
              .isEqualTo(english.texts().getOrDefault(name, "").contains("{0}"));
        });
  }

  @Test
  void fillsEachGapOnce() {
    assertThat(PageTexts.in("en").text("back.text", "{1}$1@a.test", "b.test"))
        .isEqualTo("{1}$1@a.test will get newsletters and offers from b.test as before.");
  }
}

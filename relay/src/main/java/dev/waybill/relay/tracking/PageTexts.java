package dev.waybill.relay.tracking;

import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Properties;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What recipients read, in their own language. Immutable; any thread may use it.
///
/// @param language its tag (RFC 5646), such as `de`
/// @param texts the texts by their names
record PageTexts(String language, Map<String, String> texts) {
  /// The languages that there are, English first.
  static final List<String> LANGUAGES = List.of("en", "de", "fr", "es", "ja", "ar");

  private static final int LONGEST_WISH = 200;
  private static final Pattern GAP = Pattern.compile("\\{(\\d)}");
  private static final Map<String, PageTexts> ALL = all();
  private static final List<Locale> LOCALES =
      LANGUAGES.stream().map(Locale::forLanguageTag).toList();

  PageTexts {
    Objects.requireNonNull(language, "language");
    texts = Map.copyOf(texts);
  }

  /// The texts in the language that the browser likes best of those that there are, else English.
  ///
  /// @param wish the value of `Accept-Language` (RFC 9110 §12.5.4); may be anything
  static PageTexts of(String wish) {
    String bounded = wish.substring(0, Math.min(wish.length(), LONGEST_WISH));
    try {
      Locale best = Locale.lookup(Locale.LanguageRange.parse(bounded), LOCALES);
      return in(best == null ? LANGUAGES.getFirst() : best.getLanguage());
    } catch (IllegalArgumentException noWish) {
      return in(LANGUAGES.getFirst());
    }
  }

  /// The texts in a language that there is.
  static PageTexts in(String language) {
    return Objects.requireNonNull(ALL.get(language), language);
  }

  /// A text with its gaps filled; what fills them must be fit for HTML.
  String text(String name, String... gaps) {
    String text = Objects.requireNonNull(texts.get(name), name);
    return GAP.matcher(text)
        .replaceAll(gap -> Matcher.quoteReplacement(gaps[Integer.parseInt(gap.group(1))]));
  }

  /// `rtl` where the language is written from right to left.
  String direction() {
    return language.equals("ar") ? "rtl" : "ltr";
  }

  private static Map<String, PageTexts> all() {
    Map<String, PageTexts> all = new HashMap<>();
    for (String language : LANGUAGES) {
      Properties read = new Properties();
      try (InputStream in =
          Objects.requireNonNull(
              PageTexts.class.getResourceAsStream("texts/" + language + ".properties"))) {
        read.load(new InputStreamReader(in, StandardCharsets.UTF_8));
      } catch (IOException failure) {
        throw new UncheckedIOException(failure);
      }
      Map<String, String> texts = new HashMap<>();
      read.forEach((name, text) -> texts.put((String) name, (String) text));
      all.put(language, new PageTexts(language, texts));
    }
    return Map.copyOf(all);
  }
}

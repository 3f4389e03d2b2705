package dev.waybill.relay.report;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// No expression of the data files can be made slow by a text.
class BoundedPatternTest {
  private static final int LENGTH = 4_000;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "a*",
        "a+",
        "a{2,}",
        "a{2}",
        "a{0,81}",
        "a{3,2}",
        "(?:a|b){1,2}",
        "(a)\\1",
        "(?=a)",
        "(?i)a",
        "(?<name>a)",
        "a??",
        "a?+",
        "a{1,2}+",
        "(a",
        "a)",
        "[",
        "[]",
        "[a&&b]",
        "[[a]]",
        "\\p{L}",
        "\\",
        "?a",
        "|*"
      })
  void refusesWhatHasNoBound(String expression) {
    assertThatThrownBy(() -> BoundedPattern.of(expression))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining(", at ");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "user unknown",
        "(?:no|bad) (?:user|mail ?box)",
        "a.{0,80}b",
        "[^ ]{1,60}",
        "\\b5\\.1\\.1\\b",
        "^re: (?:x|y|)",
        "-{2,10} ?",
        "宛先"
      })
  void allowsWhatHas(String expression) {
    assertThat(BoundedPattern.of(expression)).hasToString(expression);
  }

  @Test
  void noRuleComesNearTheMostStepsWhateverItIsBaitedWith() {
    for (BoundedPattern pattern : all()) {
      for (String text : bait(pattern)) {
        MeteredText metered = new MeteredText(text, Long.MAX_VALUE);
        pattern.search(metered, 0);

        assertThat(metered.steps())
            .as("%s on %s…", pattern, text.substring(0, 40))
            .isLessThan((long) BoundedPattern.STEPS * LENGTH);
      }
    }
  }

  @Test
  void aSearchEndsAtTheMostSteps() {
    BoundedPattern slow = BoundedPattern.of("a{0,80}a{0,80}a{0,80}b");
    MeteredText text = new MeteredText("a".repeat(LENGTH), 10_000);

    assertThat(slow.search(text, 0)).isEmpty();
    assertThat(text.steps()).isEqualTo(10_001);
    assertThat(slow.isIn("a".repeat(LENGTH) + "b")).as("given up").isFalse();
    assertThat(slow.isIn("aab")).isTrue();
  }

  private static List<BoundedPattern> all() {
    List<BoundedPattern> all = new ArrayList<>();
    BounceRules.load().rules().forEach(rule -> all.add(rule.words()));
    RuleFile.load("signs.txt").sections().forEach(section -> all.addAll(section.patterns()));
    assertThat(all).hasSizeGreaterThan(200);
    return all;
  }

  /// Texts in which the expression nearly stands again and again: its own words, joined by what
  /// fills a gap.
  private static List<String> bait(BoundedPattern pattern) {
    List<String> words =
        Stream.of(
                pattern
                    .toString()
                    .replaceAll("\\\\b|\\(\\?:|[?^$\\\\]", "|")
                    .split("[|(){}\\[\\]]"))
            .map(String::strip)
            .filter(word -> word.matches("[\\p{L}][\\p{L} '-]*"))
            .toList();
    List<String> texts = new ArrayList<>();
    texts.add("a".repeat(LENGTH));
    texts.add("- ".repeat(LENGTH / 2));
    texts.add(cut(String.join(" ", words) + " "));
    for (String word : words) {
      texts.add(cut(word));
      texts.add(cut(word + " "));
      texts.add(cut(word + " " + "x".repeat(39) + " "));
      texts.add(cut(word + " " + "x".repeat(59) + " " + "y".repeat(39) + " is "));
    }
    return texts;
  }

  private static String cut(String text) {
    return text.isBlank()
        ? "-".repeat(LENGTH)
        : text.repeat(LENGTH / text.length() + 1).substring(0, LENGTH);
  }
}

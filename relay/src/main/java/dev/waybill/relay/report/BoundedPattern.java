package dev.waybill.relay.report;

import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// A regular expression whose cost is bounded, whatever text it meets.
///
/// Immutable; any thread may use it. Two things bound it. Its form: there is no repetition without
/// an end and none of a group, no back reference and no look-around, so that nothing can be read in
/// ever more ways. And a meter: a search that looks at more than [#STEPS] characters for each of
/// the text ends and has found nothing.
///
/// Allowed are literals, `.`, `[…]`, `\b \d \s \w` and escaped punctuation, `^` and `$`, groups
/// with alternatives, `?` behind any of these, and `{m,n}` behind a single character.
final class BoundedPattern {
  /// How often each character of a text may be looked at on average.
  static final int STEPS = 200;

  /// Steps beyond those, so that a short text is not given up too early.
  private static final int AT_LEAST = 1_000;

  private static final int MOST_REPEATED = 80;

  /// Where a search found what it looked for.
  record Place(int start, int end) {}

  private final Pattern pattern;

  private BoundedPattern(Pattern pattern) {
    this.pattern = pattern;
  }

  /// @throws IllegalArgumentException when the expression is not of the allowed form, with the
  ///   place and the reason
  static BoundedPattern of(String expression) {
    new Form(expression).check();
    return new BoundedPattern(Pattern.compile(expression));
  }

  boolean isIn(CharSequence text) {
    return search(text, 0).isPresent();
  }

  /// The first place at or behind `from` where it stands.
  Optional<Place> search(CharSequence text, int from) {
    return search(new MeteredText(text, (long) STEPS * text.length() + AT_LEAST), from);
  }

  Optional<Place> search(MeteredText text, int from) {
    Matcher matcher = pattern.matcher(text);
    try {
      return matcher.find(from)
          ? Optional.of(new Place(matcher.start(), matcher.end()))
          : Optional.empty();
    } catch (MeteredText.Exhausted tooLong) {
      return Optional.empty();
    }
  }

  @Override
  public String toString() {
    return pattern.pattern();
  }

  /// Reads an expression and refuses what may not be in it; one use, one thread.
  private static final class Form {
    private static final String ESCAPED = "bdsw.()[]{}?*+|^$\\/-";
    private static final Pattern RANGE = Pattern.compile("\\{(\\d{1,2}),(\\d{1,2})\\}");
    private static final Pattern SET = Pattern.compile("\\[\\^?[^\\[\\]\\\\&]{1,60}\\]");

    private final String text;
    private int at;

    Form(String text) {
      this.text = text;
    }

    void check() {
      alternatives();
      if (at < text.length()) {
        throw refused("nothing that was opened is closed here");
      }
    }

    private void alternatives() {
      sequence();
      while (at < text.length() && text.charAt(at) == '|') {
        at++;
        sequence();
      }
    }

    private void sequence() {
      while (at < text.length() && text.charAt(at) != '|' && text.charAt(at) != ')') {
        boolean group = text.charAt(at) == '(';
        one();
        if (at < text.length() && text.charAt(at) == '?') {
          at++;
        } else if (at < text.length() && text.charAt(at) == '{') {
          range(group);
        }
      }
    }

    private void one() {
      switch (text.charAt(at++)) {
        case '(' -> group();
        case '[' -> set();
        case '\\' -> escaped();
        case '*', '+', '?', '{', '}', ']' -> throw refused("it repeats nothing, or without an end");
        default -> {}
      }
    }

    private void group() {
      if (text.startsWith("?:", at)) {
        at += 2;
      } else if (at < text.length() && text.charAt(at) == '?') {
        throw refused("look-around, names and flags are not allowed");
      }
      alternatives();
      if (at == text.length()) {
        throw refused("a group is not closed");
      }
      at++;
    }

    private void set() {
      Matcher set = SET.matcher(text).region(at - 1, text.length());
      if (!set.lookingAt()) {
        throw refused("a set is empty, not closed, or not plain");
      }
      at = set.end();
    }

    private void escaped() {
      if (at == text.length() || ESCAPED.indexOf(text.charAt(at)) < 0) {
        throw refused("not an escape that is allowed");
      }
      at++;
    }

    private void range(boolean group) {
      Matcher range = RANGE.matcher(text).region(at, text.length());
      if (group || !range.lookingAt()) {
        throw refused("only {m,n} behind a single character repeats");
      }
      int least = Integer.parseInt(range.group(1));
      int most = Integer.parseInt(range.group(2));
      if (least > most || most > MOST_REPEATED) {
        throw refused("{%d,%d} (expected: at most %d)".formatted(least, most, MOST_REPEATED));
      }
      at = range.end();
    }

    private IllegalArgumentException refused(String why) {
      return new IllegalArgumentException("%s, at %d: %s".formatted(text, at, why));
    }
  }
}

package dev.waybill.relay.delivery;

import java.time.Duration;
import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Finds in a deferral's text how long the host wants to be left alone, as greylisting hosts say
/// it.
///
/// Any thread may call it. Hints beyond four hours are cut to that: the text is the host's, the
/// schedule ours.
final class RetryHint {
  private static final Duration LONGEST = Duration.ofHours(4);
  private static final String CLOCK = "(\\d{1,2}):(\\d{2}):(\\d{2})";
  private static final String COUNT = "(\\d{1,6}) ?(s|sec|second|m|min|minute|h|hour)s?";
  private static final Pattern WORDS =
      Pattern.compile(
          "(?:again|retry|retrying|greylisted|wait|later)\\b[^0-9]{0,40}(?:%s|%s)\\b"
              .formatted(CLOCK, COUNT));

  private RetryHint() {}

  /// @param text a reply's text, at most a few thousand characters
  static Optional<Duration> in(String text) {
    Matcher hint = WORDS.matcher(text.toLowerCase(Locale.ROOT));
    if (!hint.find()) {
      return Optional.empty();
    }
    Duration wait =
        hint.group(4) == null
            ? Duration.ofHours(Long.parseLong(hint.group(1)))
                .plusMinutes(Long.parseLong(hint.group(2)))
                .plusSeconds(Long.parseLong(hint.group(3)))
            : unit(hint.group(5).charAt(0)).multipliedBy(Long.parseLong(hint.group(4)));
    if (!wait.isPositive()) {
      return Optional.empty();
    }
    return Optional.of(wait.compareTo(LONGEST) > 0 ? LONGEST : wait);
  }

  private static Duration unit(char initial) {
    return switch (initial) {
      case 's' -> Duration.ofSeconds(1);
      case 'm' -> Duration.ofMinutes(1);
      default -> Duration.ofHours(1);
    };
  }
}

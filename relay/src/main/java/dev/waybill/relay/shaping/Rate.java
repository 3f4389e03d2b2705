package dev.waybill.relay.shaping;

import java.util.Locale;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// So many in a second. A value; any thread may use it.
///
/// @param perSecond above 0; infinite for as many as there are
public record Rate(double perSecond) {
  /// As many as there are.
  public static final Rate UNLIMITED = new Rate(Double.POSITIVE_INFINITY);

  /// How a rate is written, for the operator.
  public static final String EXPECTED = "a rate such as 20/s, 100/m or 1000/h, or unlimited";

  private static final String NO_LIMIT = "unlimited";
  private static final Pattern WRITTEN = Pattern.compile("([1-9][0-9]{0,6})/([smh])");

  public Rate {
    if (!(perSecond > 0)) {
      throw new IllegalArgumentException("rate %s (expected: above 0)".formatted(perSecond));
    }
  }

  /// Reads `20/s`, `100/m`, `1000/h` or `unlimited`.
  public static Optional<Rate> parse(String text) {
    if (text.equals(NO_LIMIT)) {
      return Optional.of(UNLIMITED);
    }
    Matcher written = WRITTEN.matcher(text);
    return written.matches()
        ? Optional.of(
            new Rate(Integer.parseInt(written.group(1)) / seconds(written.group(2).charAt(0))))
        : Optional.empty();
  }

  public boolean isUnlimited() {
    return Double.isInfinite(perSecond);
  }

  /// The slower of the two.
  Rate atMost(Rate other) {
    return perSecond <= other.perSecond ? this : other;
  }

  /// To be read by people: in the unit in which it is at least one.
  public String text() {
    if (isUnlimited()) {
      return NO_LIMIT;
    }
    for (char unit : new char[] {'s', 'm'}) {
      double count = perSecond * seconds(unit);
      if (count >= 1) {
        return rounded(count) + "/" + unit;
      }
    }
    return rounded(perSecond * seconds('h')) + "/h";
  }

  private static String rounded(double count) {
    return count == Math.rint(count)
        ? String.valueOf(Math.round(count))
        : String.format(Locale.ROOT, "%.1f", count);
  }

  private static double seconds(char unit) {
    return switch (unit) {
      case 's' -> 1;
      case 'm' -> 60;
      default -> 3_600;
    };
  }
}

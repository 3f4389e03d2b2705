package dev.waybill.relay.report;

import java.time.Duration;
import java.util.EnumMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/// How soon to try again by what stood in the way, from the data file `paces.txt`. Immutable; any
/// thread may use it.
public final class RetryPaces {
  /// What is particular to a class.
  ///
  /// @param first the pause after the first attempt is at least so long; null where it is the usual
  ///   one
  /// @param longest no pause is longer; null where that is the usual one
  public record Pace(@Nullable Duration first, @Nullable Duration longest) {
    /// Nothing is.
    public static final Pace USUAL = new Pace(null, null);

    public Pace {
      if (first != null && longest != null && longest.compareTo(first) < 0) {
        throw new IllegalArgumentException(
            "longest %s (expected: at least first, %s)".formatted(longest, first));
      }
    }
  }

  private static final String FILE = "paces.txt";

  private final Map<BounceClass, Pace> paces;

  private RetryPaces(Map<BounceClass, Pace> paces) {
    this.paces = Map.copyOf(paces);
  }

  /// @throws IllegalArgumentException when the file has a mistake
  public static RetryPaces load() {
    Map<BounceClass, Pace> paces = new EnumMap<>(BounceClass.class);
    for (RuleFile.Section section : RuleFile.load(FILE).sections()) {
      Pace pace = Pace.USUAL;
      for (String entry : section.entries()) {
        pace = with(pace, entry);
      }
      BounceClass cause =
          BounceClass.parse(section.title()).orElseThrow(() -> mistake(section.title()));
      if (paces.put(cause, pace) != null) {
        throw mistake(section.title());
      }
    }
    return new RetryPaces(paces);
  }

  /// What is particular to mail that was put off for that reason.
  public Pace of(BounceClass cause) {
    return paces.getOrDefault(cause, Pace.USUAL);
  }

  private static Pace with(Pace pace, String entry) {
    String[] words = entry.split(" ", -1);
    if (words.length != 2) {
      throw mistake(entry);
    }
    return switch (words[0]) {
      case "first" -> new Pace(duration(words[1]), pace.longest());
      case "longest" -> new Pace(pace.first(), duration(words[1]));
      default -> throw mistake(entry);
    };
  }

  /// Minutes or hours, such as `30m` or `1h`.
  private static Duration duration(String text) {
    if (!text.matches("[1-9][0-9]{0,3}[mh]")) {
      throw mistake(text);
    }
    long number = Long.parseLong(text.substring(0, text.length() - 1));
    return text.endsWith("h") ? Duration.ofHours(number) : Duration.ofMinutes(number);
  }

  private static IllegalArgumentException mistake(String text) {
    return new IllegalArgumentException("%s: %s is not understood".formatted(FILE, text));
  }
}

package dev.waybill.cli.output;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/// Small treatments of text for people. Stateless.
public final class Text {
  private Text() {}

  /// A text that cannot steer the terminal it is shown on: control and direction-changing
  /// characters are written as `\u001b`. Replies of foreign hosts reach this screen.
  public static String visible(String text) {
    StringBuilder safe = null;
    for (int i = 0; i < text.length(); i++) {
      char c = text.charAt(i);
      boolean shown = !Character.isISOControl(c) && Character.getType(c) != Character.FORMAT;
      if (shown && safe == null) {
        continue;
      }
      if (safe == null) {
        safe = new StringBuilder(text.length() + 16).append(text, 0, i);
      }
      if (shown) {
        safe.append(c);
      } else {
        safe.append(String.format(Locale.ROOT, "\\u%04x", (int) c));
      }
    }
    return safe == null ? text : safe.toString();
  }

  /// Breaks a text at spaces into lines of at most `width` characters. A word that is longer stays
  /// whole, so that it can still be copied.
  public static List<String> wrap(String text, int width) {
    List<String> lines = new ArrayList<>();
    StringBuilder line = new StringBuilder();
    for (String word : text.split(" ", -1)) {
      if (!line.isEmpty() && line.length() + 1 + word.length() > width) {
        lines.add(line.toString());
        line.setLength(0);
      }
      line.append(line.isEmpty() ? "" : " ").append(word);
    }
    lines.add(line.toString());
    return lines;
  }

  /// A time of the API, to the second: `2026-11-21T10:00:00Z`.
  public static String time(String time) {
    int dot = time.indexOf('.');
    return dot < 0 || !time.endsWith("Z") ? time : time.substring(0, dot) + "Z";
  }

  /// A number of seconds as people say it: `3d 4h`, `12m 5s`, `1.5s`.
  public static String seconds(String number) {
    double value;
    try {
      value = Double.parseDouble(number);
    } catch (NumberFormatException _) {
      return number;
    }
    if (!(value >= 0 && value < 1e12)) {
      return number;
    }
    if (value < 10) {
      String text = String.format(Locale.ROOT, "%.1f", value);
      return (text.endsWith(".0") ? text.substring(0, text.length() - 2) : text) + "s";
    }
    return duration(Duration.ofSeconds((long) value));
  }

  /// The two largest units of a duration.
  public static String duration(Duration duration) {
    if (duration.toDays() > 0) {
      return duration.toDays() + "d " + duration.toHoursPart() + "h";
    }
    if (duration.toHours() > 0) {
      return duration.toHours() + "h " + duration.toMinutesPart() + "m";
    }
    if (duration.toMinutes() > 0) {
      int seconds = duration.toSecondsPart();
      return duration.toMinutes() + "m" + (seconds == 0 ? "" : " " + seconds + "s");
    }
    return duration.toSeconds() > 0 ? duration.toSeconds() + "s" : duration.toMillis() + "ms";
  }
}

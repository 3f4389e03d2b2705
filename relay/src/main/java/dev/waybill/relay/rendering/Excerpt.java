package dev.waybill.relay.rendering;

import dev.waybill.relay.rendering.Change.Range;
import java.nio.charset.StandardCharsets;

/// A change as people read it: what went and what came, and what stands around it on its line.
///
/// Texts are read as UTF-8, are bounded, and may hold any control character.
///
/// @param lead what stands before it on the line, unchanged
/// @param removed what was submitted; possibly several lines
/// @param added what was sent instead; possibly several lines
/// @param trail what stands behind it on the line, unchanged
public record Excerpt(String lead, String removed, String added, String trail) {
  private static final int AROUND = 60;
  private static final int LONGEST = 2_000;

  /// @param index of the change in the explanation
  public static Excerpt of(Explanation explained, int index) {
    Change change = explained.changes().get(index);
    byte[] submitted = explained.submitted();
    Range range = change.submitted();
    int after = index == 0 ? 0 : explained.changes().get(index - 1).submitted().to();
    boolean last = index + 1 == explained.changes().size();
    int before = last ? submitted.length : explained.changes().get(index + 1).submitted().from();
    return new Excerpt(
        lead(submitted, after, range.from()),
        text(submitted, range),
        text(explained.sent(), change.sent()),
        isWholeLines(explained, change) ? "" : trail(submitted, range.to(), before));
  }

  /// Bounds a text.
  public static String bounded(String text) {
    return text.length() <= LONGEST
        ? text
        : text.substring(0, LONGEST) + "… (%,d characters more)".formatted(text.length() - LONGEST);
  }

  private static boolean isWholeLines(Explanation explained, Change change) {
    boolean adds = change.sent().length() > 0;
    byte[] bytes = adds ? explained.sent() : explained.submitted();
    int end = adds ? change.sent().to() : change.submitted().to();
    return end > 0 && bytes[end - 1] == '\n';
  }

  private static String lead(byte[] bytes, int after, int to) {
    int from = to;
    while (from > after && bytes[from - 1] != '\n' && to - from < AROUND) {
      from--;
    }
    boolean cut = from > 0 && bytes[from - 1] != '\n';
    return (cut && from < to ? "…" : "") + text(bytes, new Range(from, to));
  }

  private static String trail(byte[] bytes, int from, int before) {
    int to = from;
    while (to < before && bytes[to] != '\r' && bytes[to] != '\n' && to - from < AROUND) {
      to++;
    }
    boolean cut = to < bytes.length && bytes[to] != '\r' && bytes[to] != '\n';
    return text(bytes, new Range(from, to)) + (cut && from < to ? "…" : "");
  }

  private static String text(byte[] bytes, Range range) {
    int length = Math.min(range.length(), LONGEST);
    String text = new String(bytes, range.from(), length, StandardCharsets.UTF_8);
    return range.length() <= LONGEST
        ? text
        : text + "… (%,d bytes more)".formatted(range.length() - LONGEST);
  }
}

package dev.waybill.cli.live;

import dev.waybill.cli.output.Text;
import java.util.function.UnaryOperator;

/// One line of a live view, filled from the left and cut where the screen ends: a line that wrapped
/// could not be drawn over. One thread fills it.
public final class Line {
  /// From here on a character may take two columns.
  private static final int FIRST_WIDE = 0x1100;

  private final StringBuilder text = new StringBuilder();
  private final int width;
  private int used;

  /// @param width how many columns it may take
  public Line(int width) {
    this.width = width;
  }

  /// Adds a plain text, as much as fits.
  public Line add(String part) {
    return add(part, UnaryOperator.identity());
  }

  /// Adds a text, as much as fits, and paints that.
  public Line add(String part, UnaryOperator<String> paint) {
    String safe = Text.visible(part);
    int end = 0;
    while (end < safe.length()) {
      int character = safe.codePointAt(end);
      int columns = character < FIRST_WIDE ? 1 : 2;
      if (used + columns > width) {
        break;
      }
      used += columns;
      end += Character.charCount(character);
    }
    text.append(paint.apply(safe.substring(0, end)));
    return this;
  }

  /// Adds spaces up to a column.
  public Line to(int column) {
    return add(" ".repeat(Math.max(0, column - used)));
  }

  /// How many columns it takes.
  public int used() {
    return used;
  }

  /// With its colours.
  @Override
  public String toString() {
    return text.toString();
  }
}

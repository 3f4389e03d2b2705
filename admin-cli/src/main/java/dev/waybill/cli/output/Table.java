package dev.waybill.cli.output;

import java.io.PrintStream;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalInt;
import tools.jackson.databind.JsonNode;

/// Rows under headings, aligned. Where the terminal is too narrow, prose is broken at spaces and
/// nothing else is: a value that somebody copies stays on one line, and no value is ever cut. Where
/// not even a few words fit beside the other columns, the prose of the last one goes below its row.
/// One thread fills and prints it.
public final class Table {
  private static final String GAP = "  ";
  private static final int NARROWEST_PROSE = 20;
  private static final String BELOW = "    ";

  private final List<Column> columns;
  private final List<List<String>> rows = new ArrayList<>();

  public Table(List<Column> columns) {
    this.columns = List.copyOf(columns);
  }

  /// Adds an item of the API's answer as a row.
  public void add(JsonNode item) {
    rows.add(columns.stream().map(column -> column.shown(item)).toList());
  }

  /// Prints headings and rows.
  ///
  /// @param width the columns of the terminal; empty for no limit
  public void print(PrintStream out, OptionalInt width, Paint paint) {
    int[] widths = widths();
    width.ifPresent(limit -> narrow(widths, limit));
    if (width.isPresent()
        && total(widths) > width.getAsInt()
        && columns.size() > 1
        && columns.getLast().wraps()) {
      printProseBelow(out, width.getAsInt(), paint);
      return;
    }
    List<String> headings = columns.stream().map(Column::heading).toList();
    out.println(paint.strong(line(headings, widths, new Paint(false))));
    for (List<String> row : rows) {
      printRow(out, row, widths, paint);
    }
  }

  private void printProseBelow(PrintStream out, int limit, Paint paint) {
    int last = columns.size() - 1;
    Table narrower = new Table(columns.subList(0, last));
    rows.forEach(row -> narrower.rows.add(row.subList(0, last)));
    int[] widths = narrower.widths();
    narrower.narrow(widths, limit);
    List<String> headings = narrower.columns.stream().map(Column::heading).toList();
    out.println(paint.strong(line(headings, widths, new Paint(false))));
    for (List<String> row : rows) {
      narrower.printRow(out, row.subList(0, last), widths, paint);
      if (!row.get(last).equals(Column.NOTHING)) {
        Text.wrap(row.get(last), limit - BELOW.length())
            .forEach(words -> out.println(paint.faint(BELOW + words)));
      }
    }
  }

  private void printRow(PrintStream out, List<String> row, int[] widths, Paint paint) {
    List<List<String>> cells = new ArrayList<>();
    int height = 1;
    for (int i = 0; i < row.size(); i++) {
      List<String> lines =
          columns.get(i).wraps() ? Text.wrap(row.get(i), widths[i]) : List.of(row.get(i));
      cells.add(lines);
      height = Math.max(height, lines.size());
    }
    for (int y = 0; y < height; y++) {
      List<String> line = new ArrayList<>();
      for (List<String> cell : cells) {
        line.add(y < cell.size() ? cell.get(y) : "");
      }
      out.println(line(line, widths, paint));
    }
  }

  private static String line(List<String> cells, int[] widths, Paint paint) {
    StringBuilder line = new StringBuilder();
    int end = 0;
    for (int i = 0; i < cells.size(); i++) {
      String cell = cells.get(i);
      line.append(paint.status(cell));
      if (!cell.isEmpty()) {
        end = line.length();
      }
      line.repeat(' ', Math.max(0, widths[i] - length(cell))).append(GAP);
    }
    return line.substring(0, end);
  }

  private int[] widths() {
    int[] widths = new int[columns.size()];
    for (int i = 0; i < widths.length; i++) {
      widths[i] = columns.get(i).heading().length();
      for (List<String> row : rows) {
        widths[i] = Math.max(widths[i], length(row.get(i)));
      }
    }
    return widths;
  }

  /// Takes what is missing from the widest prose column, then the next.
  private void narrow(int[] widths, int limit) {
    for (int excess = total(widths) - limit; excess > 0; excess = total(widths) - limit) {
      int widest = -1;
      for (int i = 0; i < widths.length; i++) {
        if (columns.get(i).wraps()
            && widths[i] > NARROWEST_PROSE
            && (widest < 0 || widths[i] > widths[widest])) {
          widest = i;
        }
      }
      if (widest < 0) {
        return;
      }
      widths[widest] = Math.max(NARROWEST_PROSE, widths[widest] - excess);
    }
  }

  private static int total(int[] widths) {
    int total = GAP.length() * (widths.length - 1);
    for (int width : widths) {
      total += width;
    }
    return total;
  }

  private static int length(String text) {
    return text.codePointCount(0, text.length());
  }
}

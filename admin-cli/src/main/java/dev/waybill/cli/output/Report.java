package dev.waybill.cli.output;

import java.io.PrintStream;
import java.util.List;
import tools.jackson.databind.JsonNode;

/// Writes what the API returned to the data stream in the format that was asked for. One thread
/// uses it.
public final class Report {
  private final Terminal terminal;
  private final Format format;

  public Report(Terminal terminal, Format format) {
    this.terminal = terminal;
    this.format = format;
  }

  /// The format that was asked for.
  public Format format() {
    return format;
  }

  /// Where it is written.
  public PrintStream out() {
    return terminal.out();
  }

  /// Colours for what a command writes by itself.
  public Paint paint() {
    return terminal.paint();
  }

  /// Where it is written to, for widths and talk.
  public Terminal terminal() {
    return terminal;
  }

  /// Rows: `whole` as JSON, or `items` as table or CSV.
  public void rows(JsonNode whole, Iterable<JsonNode> items, List<Column> columns) {
    switch (format) {
      case JSON -> json(whole);
      case TABLE -> table(items, columns);
      case CSV -> {
        Csv csv = new Csv(out());
        csv.header(columns);
        items.forEach(item -> csv.item(columns, item));
      }
    }
  }

  /// One object: a line for each field as a table, one row as CSV.
  public void object(JsonNode object, List<Column> columns) {
    switch (format) {
      case JSON -> json(object);
      case TABLE -> fields(object, columns);
      case CSV -> rows(object, List.of(object), columns);
    }
  }

  /// What the API answered to a change: JSON and CSV show it, a table has nothing to add to the
  /// talk.
  public void change(JsonNode answer, List<Column> columns) {
    if (format != Format.TABLE) {
      object(answer, columns);
    }
  }

  /// A table, whatever the format.
  public void table(Iterable<JsonNode> items, List<Column> columns) {
    Table table = new Table(columns);
    items.forEach(table::add);
    table.print(out(), terminal.width(), paint());
  }

  /// JSON, whatever the format.
  public void json(JsonNode value) {
    out().println(Json.pretty(value));
  }

  private void fields(JsonNode object, List<Column> columns) {
    int widest = columns.stream().mapToInt(column -> column.heading().length()).max().orElse(0);
    for (Column column : columns) {
      String gap = " ".repeat(widest - column.heading().length() + 2);
      out().println(column.heading() + gap + paint().status(column.shown(object)));
    }
  }
}

package dev.waybill.cli.output;

import java.io.PrintStream;
import java.util.List;
import java.util.stream.Collectors;
import tools.jackson.databind.JsonNode;

/// Lines of RFC 4180: fields quoted only when they must be, CR LF at the end. One thread writes it.
public final class Csv {
  private final PrintStream out;

  public Csv(PrintStream out) {
    this.out = out;
  }

  /// Writes the header line.
  public void header(List<Column> columns) {
    line(columns.stream().map(Column::name).toList());
  }

  /// Writes an item of the API's answer.
  public void item(List<Column> columns, JsonNode item) {
    line(columns.stream().map(column -> column.raw(item)).toList());
  }

  /// Writes one line.
  public void line(List<String> fields) {
    out.print(fields.stream().map(Csv::field).collect(Collectors.joining(",", "", "\r\n")));
  }

  private static String field(String value) {
    boolean quoted =
        value.chars().anyMatch(c -> c == '"' || c == ',' || c == '\r' || c == '\n')
            || value.startsWith(" ")
            || value.endsWith(" ");
    return quoted ? '"' + value.replace("\"", "\"\"") + '"' : value;
  }
}

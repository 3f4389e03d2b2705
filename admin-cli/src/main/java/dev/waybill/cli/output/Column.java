package dev.waybill.cli.output;

import java.util.Objects;
import java.util.StringJoiner;
import java.util.function.UnaryOperator;
import tools.jackson.databind.JsonNode;

/// One column of a listing: where its value stands in the API's answer and how a person reads it.
/// Immutable.
///
/// @param heading the heading of the table
/// @param field the path of the field, such as `data.email_id`; with underscores it heads the CSV
///   column
/// @param look how the value is shown in a table; CSV shows it as it came
/// @param wraps whether a long value may be broken at spaces; never so for what is copied
public record Column(String heading, String field, UnaryOperator<String> look, boolean wraps) {

  /// Stands in a table for an absent value.
  static final String NOTHING = "-";

  public Column {
    Objects.requireNonNull(heading, "heading");
    Objects.requireNonNull(field, "field");
    Objects.requireNonNull(look, "look");
  }

  /// A value shown as it is, never broken.
  public static Column of(String heading, String field) {
    return new Column(heading, field, UnaryOperator.identity(), false);
  }

  /// A value shown differently from how it came.
  public static Column of(String heading, String field, UnaryOperator<String> look) {
    return new Column(heading, field, look, false);
  }

  /// Prose, broken at spaces where the terminal is too narrow.
  public static Column prose(String heading, String field) {
    return new Column(heading, field, UnaryOperator.identity(), true);
  }

  /// A switch, shown as yes or no.
  public static Column yesNo(String heading, String field) {
    return of(
        heading,
        field,
        value -> value.equals("true") ? "yes" : value.equals("false") ? "no" : value);
  }

  /// A time, shown to the second.
  public static Column time(String heading, String field) {
    return of(heading, field, Text::time);
  }

  /// The name that heads the CSV column.
  public String name() {
    return field.replace('.', '_');
  }

  /// The raw value: empty when absent or null, list elements joined by spaces.
  public String raw(JsonNode item) {
    return text(at(item, field));
  }

  /// The value for the table.
  String shown(JsonNode item) {
    String raw = raw(item);
    return Text.visible(raw.isEmpty() ? NOTHING : look.apply(raw));
  }

  /// A node as text: empty when absent or null.
  public static String text(JsonNode node) {
    if (node.isMissingNode() || node.isNull()) {
      return "";
    }
    if (node.isArray()) {
      StringJoiner elements = new StringJoiner(" ");
      node.forEach(element -> elements.add(text(element)));
      return elements.toString();
    }
    return node.isObject() ? node.toString() : node.asString();
  }

  private static JsonNode at(JsonNode item, String path) {
    JsonNode node = item;
    for (String name : path.split("\\.", -1)) {
      node = node.path(name);
    }
    return node;
  }
}

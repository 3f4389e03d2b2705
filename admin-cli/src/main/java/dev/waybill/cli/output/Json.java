package dev.waybill.cli.output;

import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.util.DefaultIndenter;
import tools.jackson.core.util.DefaultPrettyPrinter;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.ObjectWriter;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.node.ObjectNode;

/// JSON as trees. Numbers keep their digits. Thread-safe.
public final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .build();
  private static final ObjectWriter PRETTY =
      MAPPER
          .writer()
          .with(
              new DefaultPrettyPrinter()
                  .withObjectIndenter(new DefaultIndenter("  ", "\n"))
                  .withArrayIndenter(new DefaultIndenter("  ", "\n")));

  private Json() {}

  /// Reads one JSON value.
  ///
  /// @throws JacksonException when the text is not one
  public static JsonNode parse(byte[] text) throws JacksonException {
    return MAPPER.readTree(text);
  }

  /// A new object to fill.
  public static ObjectNode object() {
    return MAPPER.createObjectNode();
  }

  /// A value on several lines, without a line break at the end.
  public static String pretty(JsonNode value) {
    return PRETTY.writeValueAsString(value);
  }

  /// A value on one line.
  public static String compact(JsonNode value) {
    return MAPPER.writeValueAsString(value);
  }
}

package dev.waybill.relay.http;

import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import tools.jackson.core.JacksonException;
import tools.jackson.core.StreamReadFeature;
import tools.jackson.core.TokenStreamLocation;
import tools.jackson.core.exc.InputCoercionException;
import tools.jackson.databind.DeserializationFeature;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.MapperFeature;
import tools.jackson.databind.ObjectReader;
import tools.jackson.databind.PropertyNamingStrategies;
import tools.jackson.databind.cfg.CoercionAction;
import tools.jackson.databind.cfg.CoercionInputShape;
import tools.jackson.databind.exc.MismatchedInputException;
import tools.jackson.databind.exc.UnrecognizedPropertyException;
import tools.jackson.databind.json.JsonMapper;
import tools.jackson.databind.type.LogicalType;

/// JSON in and out of records, with `snake_case` names in the order of the record's components.
///
/// Any thread may use it. Reading never converts between types (`"1"` is no number, `1` is no text)
/// and refuses a field given twice.
public final class Json {
  private static final JsonMapper MAPPER =
      JsonMapper.builder()
          .propertyNamingStrategy(PropertyNamingStrategies.SNAKE_CASE)
          .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
          .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
          .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
          .disable(DeserializationFeature.ACCEPT_FLOAT_AS_INT)
          .disable(MapperFeature.ALLOW_COERCION_OF_SCALARS)
          .disable(MapperFeature.SORT_PROPERTIES_ALPHABETICALLY)
          .disable(MapperFeature.SORT_CREATOR_PROPERTIES_FIRST)
          .withCoercionConfig(
              LogicalType.Textual,
              config ->
                  config
                      .setCoercion(CoercionInputShape.Integer, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Float, CoercionAction.Fail)
                      .setCoercion(CoercionInputShape.Boolean, CoercionAction.Fail))
          .build();

  private Json() {}

  /// Reads a request's body and ignores fields that it does not know.
  ///
  /// @throws Refusal 400 when it is no JSON, 422 when a value has the wrong type
  public static <T> T read(Request request, Class<T> type) {
    return read(request.body(), type);
  }

  /// As [#read(Request, Class)], for octets from elsewhere.
  public static <T> T read(byte[] json, Class<T> type) {
    return read(json, MAPPER.readerFor(type));
  }

  /// As [#read(Request, Class)], but a field that it does not know is refused: for what would mean
  /// more without it, such as a key without its limit.
  public static <T> T readWhole(Request request, Class<T> type) {
    return readWhole(request.body(), type);
  }

  /// As [#readWhole(Request, Class)], for octets from elsewhere.
  public static <T> T readWhole(byte[] json, Class<T> type) {
    return read(
        json, MAPPER.readerFor(type).with(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES));
  }

  private static <T> T read(byte[] json, ObjectReader reader) {
    JsonNode tree = parse(json);
    if (!tree.isObject()) {
      throw new Refusal(Problem.invalid("body", tree.toString(), "a JSON object"));
    }
    try {
      return Objects.requireNonNull(reader.<T>readValue(tree));
    } catch (UnrecognizedPropertyException unknown) {
      throw new Refusal(
          Problem.invalid(
              unknown.getPropertyName(),
              tree.path(unknown.getPropertyName()).toString(),
              "none; the fields are "
                  + unknown.getKnownPropertyIds().stream()
                      .map(String::valueOf)
                      .sorted()
                      .collect(Collectors.joining(", "))));
    } catch (JacksonException mismatch) {
      throw new Refusal(describe(tree, mismatch));
    }
  }

  /// The JSON text of a record, a list or a map, in UTF-8.
  public static byte[] write(Object value) {
    return MAPPER.writeValueAsBytes(value);
  }

  /// An answer with a JSON body.
  public static Response response(int status, Object value) {
    return Response.of(status, "application/json; charset=utf-8", write(value));
  }

  /// `{"statusCode":422,"name":"validation_error","message":"…"}`, the shape of Resend's errors.
  public static Response problem(Problem problem) {
    Map<String, Object> body = new LinkedHashMap<>();
    body.put("statusCode", problem.status());
    body.put("name", problem.name());
    body.put("message", problem.message());
    return response(problem.status(), body);
  }

  private static JsonNode parse(byte[] json) {
    try {
      JsonNode tree = MAPPER.readTree(json);
      if (tree != null && !tree.isMissingNode()) {
        return tree;
      }
    } catch (JacksonException unreadable) {
      throw new Refusal(
          Problem.unreadable(
              "the body is not readable as JSON%s: %s"
                  .formatted(
                      place(unreadable.getLocation()),
                      firstSentence(unreadable.getOriginalMessage()))));
    }
    throw new Refusal(Problem.unreadable("the body is empty (expected: a JSON object)"));
  }

  private static Problem describe(JsonNode tree, JacksonException mismatch) {
    List<JacksonException.Reference> path = mismatch.getPath();
    JsonNode value = tree;
    StringBuilder field = new StringBuilder();
    for (JacksonException.Reference step : path) {
      if (step.getPropertyName() != null) {
        field.append(field.isEmpty() ? "" : ".").append(step.getPropertyName());
        value = value.path(step.getPropertyName());
      } else {
        field.append('[').append(step.getIndex()).append(']');
        value = value.path(step.getIndex());
      }
    }
    Class<?> expected =
        switch (mismatch) {
          case MismatchedInputException wrong -> wrong.getTargetType();
          case InputCoercionException outOfRange -> outOfRange.getTargetType();
          case JacksonException _ -> null;
        };
    return Problem.invalid(
        field.isEmpty() ? "body" : field.toString(), value.toString(), expectation(expected));
  }

  private static String expectation(@Nullable Class<?> type) {
    if (type == null) {
      return "another value";
    } else if (type == String.class) {
      return "a string";
    } else if (type == Boolean.class || type == boolean.class) {
      return "true or false";
    } else if (Number.class.isAssignableFrom(type) || type.isPrimitive()) {
      return "a whole number";
    } else if (type == UUID.class) {
      return "an id such as 0192f0c4-8a3b-7c11-9d20-5f6b7a1e2c3d";
    } else if (type.isEnum()) {
      return Arrays.stream(type.getEnumConstants())
          .map(constant -> constant.toString().toLowerCase(Locale.ROOT))
          .collect(Collectors.joining(", ", "one of ", ""));
    } else if (List.class.isAssignableFrom(type)) {
      return "a list";
    }
    return "an object";
  }

  private static String place(@Nullable TokenStreamLocation location) {
    return location == null
        ? ""
        : " at line %d, column %d".formatted(location.getLineNr(), location.getColumnNr());
  }

  private static String firstSentence(String message) {
    int end = message.indexOf('\n');
    String line = end < 0 ? message : message.substring(0, end);
    return line.length() <= 160 ? line : line.substring(0, 160) + "…";
  }
}

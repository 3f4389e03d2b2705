package dev.waybill.relay.http;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.UUID;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class JsonTest {
  record Inner(@Nullable String word) {}

  record Sample(
      @Nullable String someText,
      @Nullable Boolean flag,
      @Nullable Integer count,
      @Nullable UUID id,
      @Nullable List<String> words,
      @Nullable Inner inner) {}

  @Test
  void readsSnakeCaseAndIgnoresTheUnknown() {
    Sample sample =
        read(
            """
            {"some_text":"ü","flag":true,"count":3,"id":"0192f0c4-8a3b-7c11-9d20-5f6b7a1e2c3d",
             "words":["a"],"inner":{"word":null},"region":"eu-west-1"}
            """);

    assertThat(sample.someText()).isEqualTo("ü");
    assertThat(sample.flag()).isTrue();
    assertThat(sample.words()).containsExactly("a");
    assertThat(read("{}").flag()).isNull();
  }

  @Test
  void refusesTheUnknownWhereItWouldMeanMoreWithoutIt() {
    byte[] json = "{\"some_text\":\"a\",\"someText\":\"b\"}".getBytes(StandardCharsets.UTF_8);

    Refusal refusal = catchThrowableOfType(Refusal.class, () -> Json.readWhole(json, Sample.class));

    assertThat(refusal)
        .hasMessage(
            "someText: \"b\" (expected: none; the fields are"
                + " count, flag, id, inner, some_text, words)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"some_text\":5}|some_text: 5 (expected: a string)",
        "{\"some_text\":true}|some_text: true (expected: a string)",
        "{\"some_text\":{\"a\":1}}|some_text: {\"a\":1} (expected: a string)",
        "{\"flag\":\"true\"}|flag: \"true\" (expected: true or false)",
        "{\"flag\":1}|flag: 1 (expected: true or false)",
        "{\"count\":\"3\"}|count: \"3\" (expected: a whole number)",
        "{\"count\":3.5}|count: 3.5 (expected: a whole number)",
        "{\"count\":99999999999}|count: 99999999999 (expected: a whole number)",
        "{\"id\":\"x\"}|id: \"x\" (expected: an id such as 0192f0c4-8a3b-7c11-9d20-5f6b7a1e2c3d)",
        "{\"words\":\"a\"}|words: \"a\" (expected: a list)",
        "{\"words\":[\"a\",2]}|words[1]: 2 (expected: a string)",
        "{\"inner\":\"a\"}|inner: \"a\" (expected: an object)",
        "{\"inner\":{\"word\":2}}|inner.word: 2 (expected: a string)",
        "[]|body: [] (expected: a JSON object)",
        "\"a\"|body: \"a\" (expected: a JSON object)",
        "null|body: null (expected: a JSON object)",
      })
  void namesFieldValueAndExpectation(String json, String message) {
    Problem problem = refusal(json);

    assertThat(problem.message()).isEqualTo(message);
    assertThat(problem.status()).isEqualTo(422);
    assertThat(problem.name()).isEqualTo("validation_error");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '`',
      value = {
        "{\"flag\":|not readable as JSON at line 1, column",
        "{\"flag\":true,\"flag\":false}|Duplicate",
        "{\"inner\":{\"word\":\"a\",\"word\":\"b\"}}|Duplicate",
        "{} {}|not readable as JSON",
        "{'flag':true}|not readable as JSON",
        "`  `|the body is empty",
      })
  void refusesWhatIsNoJson(String json, String message) {
    Problem problem = refusal(json);

    assertThat(problem.message()).contains(message);
    assertThat(problem.status()).isEqualTo(400);
    assertThat(problem.name()).isEqualTo("validation_error");
  }

  @Test
  void boundsNestingAndTheTextOfItsErrors() {
    assertThat(refusal("{\"a\":" + "[".repeat(100_000)).status()).isEqualTo(400);
    assertThat(refusal("{\"flag\":\"" + "x".repeat(100_000) + "\"}").message())
        .hasSizeLessThan(200);
  }

  @Test
  void writesComponentsInTheirOrder() {
    Sample sample = new Sample("a", null, 1, null, List.of("b"), new Inner("c"));

    assertThat(new String(Json.write(sample), StandardCharsets.UTF_8))
        .isEqualTo(
            "{\"some_text\":\"a\",\"flag\":null,\"count\":1,\"id\":null,\"words\":[\"b\"],"
                + "\"inner\":{\"word\":\"c\"}}");
  }

  private static Sample read(String json) {
    return Json.read(json.getBytes(StandardCharsets.UTF_8), Sample.class);
  }

  private static Problem refusal(String json) {
    return catchThrowableOfType(Refusal.class, () -> read(json)).problem();
  }
}

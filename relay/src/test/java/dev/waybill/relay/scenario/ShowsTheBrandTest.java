package dev.waybill.relay.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.testing.Pictures;
import dev.waybill.relay.testing.World;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import tools.jackson.databind.JsonNode;

/// Name, footer and logo of a domain through the admin API.
class ShowsTheBrandTest {
  private static final String PNG =
      "data:image/gif;base64," + Base64.getEncoder().encodeToString(Pictures.of("png", 12, 8));

  private final World world = World.get();

  @Test
  void takesKeepsAndTakesAway() {
    HttpResponse<String> made =
        world.admin(
            "POST",
            "/domains",
            "{\"name\":\"brand.example\",\"display_name\":\"M\\u00fcller\",\"logo\":\"%s\"}"
                .formatted(PNG));
    assertThat(made.statusCode()).as(made.body()).isEqualTo(201);
    JsonNode logo = shown().get("logo");
    assertThat(logo.get("type").asString()).isEqualTo("image/png");
    assertThat(logo.get("width").asInt()).isEqualTo(12);
    byte[] name = shown().get("display_name").asString().getBytes(StandardCharsets.ISO_8859_1);
    assertThat(new String(name, StandardCharsets.UTF_8)).isEqualTo("Müller");
    HttpResponse<String> picture = world.admin("GET", "/domains/brand.example/logo", "");
    assertThat(picture.headers().firstValue("Content-Type")).hasValue("image/png");
    assertThat(picture.body().getBytes(StandardCharsets.ISO_8859_1))
        .isEqualTo(Pictures.of("png", 12, 8));
    assertThat(shown().get("unsubscribe_footer").isNull()).isTrue();

    assertThat(patch("{\"unsubscribe_footer\":\"a\\r\\nb\"}").statusCode()).isEqualTo(200);
    assertThat(shown().get("unsubscribe_footer").asString()).isEqualTo("a\nb");
    assertThat(shown().get("logo")).isEqualTo(logo);

    assertThat(
            patch("{\"display_name\":null,\"unsubscribe_footer\":null,\"logo\":null}").statusCode())
        .isEqualTo(200);
    assertThat(shown().get("display_name").isNull()).isTrue();
    assertThat(shown().get("unsubscribe_footer").isNull()).isTrue();
    assertThat(shown().get("logo").isNull()).isTrue();
    assertThat(world.admin("GET", "/domains/brand.example/logo").get("statusCode").asInt())
        .isEqualTo(404);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"logo\":\"https://shop.example/logo.png\"}",
        "{\"logo\":\"data:image/png,abc\"}",
        "{\"logo\":\"data:image/png;base64,***\"}",
        "{\"logo\":\"data:image/png;base64,PHN2Zz4=\"}",
        "{\"logo\":5}",
        "{\"display_name\":[]}",
        "{\"display_name\":\"a\\u0000b\"}",
        "{\"unsubscribe_footer\":{}}",
        "{\"unsubscribe_footer\":\"a\\u0007\"}"
      })
  void refusesWhatDoesNotFit(String body) {
    world.admin("POST", "/domains", "{\"name\":\"unbranded.example\"}");

    HttpResponse<String> answer = world.admin("PATCH", "/domains/unbranded.example", body);

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
    assertThat(answer.body())
        .contains("\"message\":\"" + body.substring(2, body.indexOf('"', 2)) + ": ")
        .contains("(expected: ");
  }

  private HttpResponse<String> patch(String body) {
    return world.admin("PATCH", "/domains/brand.example", body);
  }

  private JsonNode shown() {
    return world.admin("GET", "/domains/brand.example");
  }
}

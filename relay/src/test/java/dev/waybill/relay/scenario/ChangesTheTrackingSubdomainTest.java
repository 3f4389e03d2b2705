package dev.waybill.relay.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.testing.World;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// `PATCH /domains/{id}` from outside: a label that cannot be used is the caller's mistake.
class ChangesTheTrackingSubdomainTest {
  private final World world = World.get();

  @ParameterizedTest
  @ValueSource(strings = {"-", "a.b", "white space", "under_score", "ümlaut", "send"})
  void refusesWhatIsNoLabel(String label) {
    register("refused.example");

    HttpResponse<String> answer = patch("refused.example", '"' + label + '"');

    assertThat(answer.statusCode()).as(answer.body()).isEqualTo(422);
    assertThat(answer.body())
        .contains("validation_error")
        .contains("tracking_subdomain: ")
        .contains("(expected: ");
  }

  @Test
  void takesItAwayWithNull() {
    register("cleared.example");

    assertThat(patch("cleared.example", "\"links\"").statusCode()).isEqualTo(200);
    assertThat(shown("cleared.example")).isEqualTo("\"links\"");
    assertThat(patch("cleared.example", "null").statusCode()).isEqualTo(200);
    assertThat(shown("cleared.example")).isEqualTo("null");
  }

  private void register(String domain) {
    world.admin("POST", "/domains", "{\"name\":\"" + domain + "\"}");
  }

  private HttpResponse<String> patch(String domain, String value) {
    return world.admin("PATCH", "/domains/" + domain, "{\"tracking_subdomain\":" + value + "}");
  }

  private String shown(String domain) {
    return world.admin("GET", "/domains/" + domain).get("tracking_subdomain").toString();
  }
}

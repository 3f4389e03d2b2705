package dev.waybill.relay.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.testing.World;
import java.net.http.HttpResponse;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ShowsTheMailBehindAnEventTest {
  private final World world = World.get();

  @Test
  void aComplaintIsKeptAsItCame() {
    String id =
        world.accepted(
            "From: app@sandbox.example\r\nSubject: Hello\r\n\r\nHello\r\n",
            "complain@shown.example");
    JsonNode event = world.event(id, "email.complained");

    HttpResponse<String> report = report(event.get("id").asString());

    assertThat(report.statusCode()).isEqualTo(200);
    assertThat(report.headers().firstValue("Content-Type")).contains("message/rfc822");
    assertThat(report.headers().firstValue("X-Waybill-Report-Octets"))
        .contains(event.at("/data/report_octets").asString())
        .contains(Integer.toString(report.body().length()));
    assertThat(report.body())
        .contains("Feedback-Type: abuse\r\n", "Original-Rcpt-To: <complain@shown.example>\r\n");
  }

  @Test
  void anEventWithoutMailSaysSo() {
    String id =
        world.accepted(
            "From: app@sandbox.example\r\nSubject: Hello\r\n\r\nHello\r\n", "quiet@shown.example");
    String sent = world.event(id, "email.sent").get("id").asString();

    assertThat(report(sent).statusCode()).isEqualTo(404);
    assertThat(report("999999999999").statusCode()).isEqualTo(404);
    assertThat(report("first").statusCode()).isEqualTo(422);
    assertThat(report("first").body()).contains("\\\"first\\\" (expected: an event's id)");
  }

  private HttpResponse<String> report(String seq) {
    return world.admin("GET", "/events/" + seq + "/report", "");
  }
}

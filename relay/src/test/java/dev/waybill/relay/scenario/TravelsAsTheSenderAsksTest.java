package dev.waybill.relay.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.testing.World;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class TravelsAsTheSenderAsksTest {
  private static final String FIELDS = "From: app@sandbox.example\r\nSubject: Safe\r\n";
  private static final String BODY = "\r\nHello\r\n";

  private final World world = World.get();

  @Test
  void whatMayOnlyTravelSafelyWaitsWhereNothingProvesTheHost() {
    String id = world.acceptedUnderTls(" REQUIRETLS", FIELDS + BODY, "one@safely.example");
    JsonNode delayed = world.event(id, "email.delivery_delayed").get("data");

    assertThat(delayed.get("tls_policy").asString()).isEqualTo("requiretls");
    assertThat(delayed.get("tls_reason").asString())
        .startsWith("mx.sandbox.test: with delivery.dane and delivery.mta-sts off, nothing proves");
    assertThat(sent(id)).isEqualTo("yes");
    JsonNode trace = world.admin("GET", "/emails/" + id + "/trace");
    assertThat(trace.at("/envelope/tls_required").asString()).isEqualTo("yes");
    assertThat(trace.at("/recipients/0/attempts/0/transcript").toString())
        .contains("nothing proves that it takes the mail of safely.example")
        .doesNotContain("MAIL FROM");
  }

  @Test
  void whatIsWaivedStaysInTheCopyAndInTheEvent() {
    String id =
        world.acceptedUnderTls("", FIELDS + "TLS-Required: No\r\n" + BODY, "two@safely.example");
    world.event(id, "email.delivered");

    assertThat(world.raw(world.arrived("two@safely.example"))).contains("\r\nTLS-Required: No\r\n");
    assertThat(sent(id)).isEqualTo("no");
    assertThat(world.admin("GET", "/emails/" + id + "/trace").at("/envelope/tls_required"))
        .hasToString("\"no\"");
  }

  private String sent(String id) {
    return world.event(id, "email.sent").at("/data/tls_required").asString();
  }
}

package dev.waybill.relay.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.testing.World;
import java.util.ArrayList;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class ReportsBouncesByMailTest {
  private static final String MESSAGE =
      "From: app@sandbox.example\r\nSubject: Come back\r\n"
          + "Message-ID: <back@sandbox.example>\r\n\r\nHello\r\n";

  private final World world = World.get();

  @Test
  void theEnvelopeSenderHearsWhatTheHostSaid() {
    String id =
        world.acceptedFrom(
            "owner@sandbox.example RET=HDRS ENVID=order+2B17",
            MESSAGE,
            "bounce@reported.example NOTIFY=FAILURE ORCPT=rfc822;b@meant.example");

    JsonNode letter = world.arrived("owner@sandbox.example");
    String report = world.raw(letter);
    assertThat(report)
        .contains("From: Mail Delivery System <MAILER-DAEMON@sandbox.example>\r\n")
        .contains("\r\nAuto-Submitted: auto-replied\r\n", "DKIM-Signature: ", "\r\nDate: ")
        .contains("\r\nReferences: <back@sandbox.example>\r\n")
        .contains("\r\nOriginal-Envelope-Id: order+17\r\n")
        .contains("\r\nOriginal-Recipient: rfc822;b@meant.example\r\n")
        .contains("\r\nFinal-Recipient: rfc822; bounce@reported.example\r\n")
        .contains("\r\nStatus: 5.1.1\r\nRemote-MTA: dns; mx.sandbox.test\r\n")
        .contains("\r\nDiagnostic-Code: smtp; 550 5.1.1 No such user")
        .contains("\r\nContent-Type: text/rfc822-headers\r\n")
        .contains("\r\nSubject: Come back\r\n")
        .doesNotContain("\r\nHello\r\n", "List-Unsubscribe");
    JsonNode trace = world.admin("GET", "/emails/" + id + "/trace");
    assertThat(trace.at("/envelope/envelope_from").asString()).isEqualTo("owner@sandbox.example");

    JsonNode sent = reportsTo("owner@sandbox.example").getFirst();
    JsonNode its = world.admin("GET", "/emails/" + sent.get("id").asString() + "/trace");
    assertThat(its.at("/envelope/envelope_from").isNull()).isTrue();
    assertThat(its.at("/recipients/0/attempts/0/transcript").toString()).contains("MAIL FROM:<>");
  }

  @Test
  void nobodyHearsOfWhatIsNotToBeReported() {
    world.acceptedFrom(
        "none@sandbox.example", MESSAGE, "bounce@never.unreported.example NOTIFY=NEVER");
    world.acceptedFrom(
        "none@sandbox.example", MESSAGE, "bounce@success.unreported.example NOTIFY=SUCCESS");
    world.acceptedFrom("owner@stranger.example", MESSAGE, "bounce@foreign.unreported.example");
    String first =
        world.acceptedFrom("bounce@back.sandbox.example", MESSAGE, "bounce@own.unreported.example");
    world.event(first, "email.bounced");

    // a report that is refused itself
    String refused =
        Awaitility.await()
            .until(() -> reportsTo("bounce@back.sandbox.example"), found -> !found.isEmpty())
            .getFirst()
            .get("id")
            .asString();
    world.event(refused, "email.bounced");

    // reports are made in the order of the journal
    world.acceptedFrom("last@sandbox.example", MESSAGE, "bounce@last.unreported.example");
    world.arrived("last@sandbox.example");
    assertThat(reportsTo("bounce@back.sandbox.example")).hasSize(1);
    assertThat(reportsTo("none@sandbox.example")).isEmpty();
    assertThat(reportsTo("owner@stranger.example")).isEmpty();
  }

  private List<JsonNode> reportsTo(String recipient) {
    List<JsonNode> found = new ArrayList<>();
    world.admin("GET", "/emails?tag=bounce-report&to=" + recipient).get("data").forEach(found::add);
    return found;
  }
}

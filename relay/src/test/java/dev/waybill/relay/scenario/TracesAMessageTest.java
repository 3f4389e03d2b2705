package dev.waybill.relay.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.testing.World;
import java.util.List;
import org.junit.jupiter.api.Test;
import tools.jackson.databind.JsonNode;

class TracesAMessageTest {
  private final World world = World.get();

  @Test
  void aDeliveredCopyIsTracedToTheHostsLastWord() {
    String id = world.accepted(message(), "traced@there.example");
    world.event(id, "email.delivered");

    JsonNode trace = world.admin("GET", "/emails/" + id + "/trace");
    assertThat(trace.at("/envelope/return_path_domain").asString())
        .isEqualTo("send.sandbox.example");
    assertThat(trace.at("/envelope/received").asString()).contains(" with ESMTP");
    assertThat(trace.at("/admission/0/outcome").asString()).contains("sandbox.example");
    JsonNode recipient = trace.at("/recipients/0");
    assertThat(recipient.get("email").asString()).isEqualTo("traced@there.example");
    assertThat(recipient.get("reason").asString()).isEqualTo("delivered");
    assertThat(recipient.at("/dkim_selectors/0").asString()).isEqualTo("wb1");
    assertThat(recipient.get("attempts")).hasSize(1);
    JsonNode attempt = recipient.at("/attempts/0");
    assertThat(attempt.get("outcome").asString()).isEqualTo("delivered");
    assertThat(attempt.get("duration_ms").isNumber()).isTrue();
    List<String> said = said(attempt);
    assertThat(said)
        .anyMatch(line -> line.matches("relay: connected to mx\\.sandbox\\.test \\[127.+"))
        .anyMatch(line -> line.startsWith("server: 220 "))
        .anyMatch(line -> line.startsWith("relay: TLSv1.3 "))
        .anyMatch(
            line -> line.matches("client: MAIL FROM:<bounces\\+\\w+@send\\.sandbox\\.example>.*"))
        .contains("client: RCPT TO:<traced@there.example>")
        .anyMatch(line -> line.matches("client: <[0-9,]+ octets>"));
    assertThat(said.getLast())
        .isEqualTo("server: " + world.event(id, "email.delivered").at("/data/reply").asString());
    assertThat(said.toString()).doesNotContain("Hello");
  }

  @Test
  void aDeferredOneTellsWhyAndWhenItIsTriedAgain() {
    String id = world.accepted(message(), "defer@traced.example");
    JsonNode delayed = world.event(id, "email.delivery_delayed");

    JsonNode recipient = world.admin("GET", "/emails/" + id + "/trace").at("/recipients/0");
    assertThat(recipient.get("state").asString()).isEqualTo("deferred");
    assertThat(recipient.get("reason").asString())
        .isEqualTo(delayed.at("/data/class").asString())
        .isNotEmpty();
    assertThat(recipient.get("next_attempt_at").isNull()).isFalse();
    assertThat(recipient.get("explanation").asString()).contains("451 4.7.1 ");
    assertThat(said(recipient.at("/attempts/0"))).anyMatch(line -> line.startsWith("server: 451 "));
  }

  @Test
  void aDomainThatDoesNotExistIsAnAttemptWithoutWords() {
    String id = world.accepted(message(), "nobody@nowhere.invalid");
    JsonNode bounced = world.event(id, "email.bounced");

    JsonNode attempt =
        world.admin("GET", "/emails/" + id + "/trace").at("/recipients/0/attempts/0");
    assertThat(attempt.get("outcome").asString()).isEqualTo("rejected");
    assertThat(attempt.get("reply").asString()).isEqualTo(bounced.at("/data/reply").asString());
    assertThat(attempt.get("transcript")).isEmpty();
  }

  @Test
  void oneRecipientIsShownWithoutTheOthers() {
    String id = world.accepted(message(), "one@traced.example", "two@traced.example");
    JsonNode trace = world.admin("GET", "/emails/" + id + "/trace?rcpt=two@traced.example");
    assertThat(trace.get("recipients")).hasSize(1);
    assertThat(trace.at("/recipients/0/email").asString()).isEqualTo("two@traced.example");
    assertThat(trace.at("/envelope/recipients").asInt()).isEqualTo(2);
    assertThat(
            world.admin("GET", "/emails/" + id + "/trace?rcpt=x@traced.example").get("statusCode"))
        .hasToString("404");
  }

  private static List<String> said(JsonNode attempt) {
    return attempt
        .get("transcript")
        .valueStream()
        .flatMap(part -> part.get("lines").valueStream())
        .map(line -> line.get("speaker").asString() + ": " + line.get("text").asString())
        .toList();
  }

  private static String message() {
    return "From: app@sandbox.example\r\nSubject: Trace\r\n\r\nHello\r\n";
  }
}

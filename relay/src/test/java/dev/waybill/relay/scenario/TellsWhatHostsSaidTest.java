package dev.waybill.relay.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.testing.World;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;

class TellsWhatHostsSaidTest {
  private final World world = World.get();

  @Test
  void aRefusedMailboxBouncesAndIsSuppressed() {
    String id = world.accepted(message(), "bounce@gone.example");

    assertThat(world.event(id, "email.bounced").at("/data/reply").asString())
        .startsWith("550 5.1.1 ");
    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() -> {
          String next = world.accepted(message(), "bounce@gone.example");
          assertThat(world.told(next)).containsExactly("email.suppressed");
        });
  }

  @Test
  void aDeferringHostIsToldOnceAndTheMessageStaysQueued() {
    String id = world.accepted(message(), "defer@busy.example");

    assertThat(world.event(id, "email.delivery_delayed").at("/data/reply").asString())
        .startsWith("451 4.7.1 ");
    assertThat(world.told(id)).containsExactly("email.sent", "email.delivery_delayed");
    assertThat(world.admin("GET", "/queue").get("destinations").toString())
        .contains("busy.example");
  }

  @Test
  void aComplaintComesBackAsEventAndSuppression() {
    String id = world.accepted(message(), "complain@angry.example");

    world.event(id, "email.delivered");
    world.event(id, "email.complained");
    String next = world.accepted(message(), "complain@angry.example");
    assertThat(world.told(next)).containsExactly("email.suppressed");
  }

  @Test
  void eachRecipientHasItsOwnEndAndItsOwnReturnPath() {
    String id = world.accepted(message(), "first@both.example", "second@both.example");

    Awaitility.await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(() ->
            assertThat(world.told(id))
                .containsExactlyInAnyOrder(
                    "email.sent", "email.sent", "email.delivered", "email.delivered"));
    assertThat(world.arrived("first@both.example").get("return_path").asString())
        .isNotEqualTo(world.arrived("second@both.example").get("return_path").asString());
  }

  private static String message() {
    return "From: app@sandbox.example\r\nSubject: Hello\r\n\r\nHello\r\n";
  }
}

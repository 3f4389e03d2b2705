package dev.waybill.relay.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.testing.World;
import org.junit.jupiter.api.Test;

class SendsOnceUnderOneKeyTest {
  private static final String MESSAGE =
      "From: app@sandbox.example\r\nTo: once@keys.example\r\nSubject: your order\r\n";

  private final World world = World.get();

  @Test
  void answersTheSameMessageWithItsNameAndAnotherOneWithARefusal() {
    String first =
        submit(
            "X-Waybill-Idempotency-Key: order-17",
            "Date: Sat, 21 Nov 2026 12:00:00 +0000",
            "thanks");
    assertThat(first).startsWith("250 2.0.0 Queued as ");

    // what a mail library makes anew does not make it another message, nor does the field's name
    assertThat(
            submit(
                "Resend-Idempotency-Key: order-17",
                "Date: Sat, 21 Nov 2026 12:05:00 +0000",
                "thanks"))
        .isEqualTo(first);
    assertThat(
            submit(
                "X-Waybill-Idempotency-Key: order-17",
                "Date: Sat, 21 Nov 2026 12:05:00 +0000",
                "sorry"))
        .startsWith("550 5.7.1 The idempotency key stands for another message");
    assertThat(
            submit(
                "X-Waybill-Idempotency-Key: \u00e4",
                "Date: Sat, 21 Nov 2026 12:05:00 +0000",
                "thanks"))
        .startsWith("550 5.6.0 X-Waybill-Idempotency-Key: ");

    assertThat(world.raw(world.arrived("once@keys.example"))).doesNotContain("order-17");
    String id = first.substring("250 2.0.0 Queued as ".length());
    world.event(id, "email.delivered");
    assertThat(world.told(id)).containsExactly("email.sent", "email.delivered");
  }

  private String submit(String key, String date, String text) {
    return world.submit(
        "app@sandbox.example",
        MESSAGE + key + "\r\n" + date + "\r\n\r\n" + text + "\r\n",
        "once@keys.example");
  }
}

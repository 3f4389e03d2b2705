package dev.waybill.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.testing.DeliveryHarness;
import dev.waybill.relay.transcripts.Attempt;
import dev.waybill.relay.transcripts.Attempt.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.api.Test;

/// What is written down of an attempt: which hosts were tried, and what was said.
class TakesMinutesTest {
  private static Attempt attempt(DeliveryHarness harness, DeliveryKey key) {
    harness.outcome(key);
    assertThat(harness.attempts(key)).hasSize(1);
    return harness.attempts(key).getFirst();
  }

  private static List<Kind> kinds(Attempt attempt) {
    return attempt.parts().stream().map(Attempt.Part::kind).toList();
  }

  private static List<String> words(Attempt.Part part) {
    return part.dialogue().lines().stream()
        .map(line -> line.speaker().text() + ": " + line.text())
        .toList();
  }

  @Test
  void tellsTheOpeningOnceMoreToAllThatTheConnectionCarries() throws IOException {
    try (DeliveryHarness harness =
        new DeliveryHarness(
                DeliveryHarness.Options.usual()
                    .withSiteConnections(1)
                    .withIdle(Duration.ofSeconds(20)))
            .receives("a.example")) {
      Attempt first = attempt(harness, harness.accept("one@a.example"));
      Attempt second = attempt(harness, harness.accept("two@a.example"));
      assertThat(first.number()).isEqualTo(1);
      assertThat(first.ending()).isEqualTo(new Attempt.Ending("delivered", "250 2.0.0 taken"));
      assertThat(kinds(first)).containsExactly(Kind.CONNECTION, Kind.TRANSACTION);
      assertThat(kinds(second)).containsExactly(Kind.EARLIER_CONNECTION, Kind.TRANSACTION);
      assertThat(second.parts().getFirst().dialogue())
          .isSameAs(first.parts().getFirst().dialogue());
      assertThat(words(second.parts().getLast()))
          .contains("client: RCPT TO:<two@a.example>", "client: <25 octets>")
          .endsWith("server: 250 2.0.0 taken");
    }
  }

  @Test
  void tellsWhatWasTriedBefore() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness()) {
      harness.dns.zone(
          "b.example. 60 IN MX 10 dead.b.example.",
          "b.example. 60 IN MX 20 grumpy.b.example.",
          "b.example. 60 IN MX 30 mx.b.example.",
          "dead.b.example. 60 IN A 127.0.0.9",
          "grumpy.b.example. 60 IN A 127.0.0.3",
          "mx.b.example. 60 IN A 127.0.0.2");
      harness.host("127.0.0.3").always("BANNER", "421 4.3.2 not now");
      Attempt attempt = attempt(harness, harness.accept("you@b.example"));
      assertThat(kinds(attempt))
          .containsExactly(
              Kind.REMARKS, Kind.CONNECTION, Kind.REMARKS, Kind.CONNECTION, Kind.TRANSACTION);
      assertThat(words(attempt.parts().getFirst()))
          .singleElement()
          .asString()
          .startsWith("relay: dead.b.example [127.0.0.9]: connecting: ");
      assertThat(words(attempt.parts().get(1))).endsWith("server: 421 4.3.2 not now");
      assertThat(words(attempt.parts().get(2)))
          .containsExactly(
              "relay: grumpy.b.example [127.0.0.3]: waiting for the greeting: 421 4.3.2 not now");
      assertThat(attempt.ended()).isGreaterThan(attempt.began());
    }
  }

  @Test
  void tellsEveryConversationOfAnAttempt() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness().receives("a.example")) {
      harness.host().closesAt("MAIL");
      Attempt attempt = attempt(harness, harness.accept("you@a.example"));
      assertThat(attempt.ending().outcome()).isEqualTo("unreachable");
      assertThat(kinds(attempt))
          .containsExactly(
              Kind.CONNECTION,
              Kind.TRANSACTION,
              Kind.CONNECTION,
              Kind.TRANSACTION,
              Kind.CONNECTION,
              Kind.TRANSACTION);
      assertThat(words(attempt.parts().getLast())).last().asString().startsWith("relay: MAIL: ");
    }
  }

  @Test
  void hasAnAttemptWithoutWordsWhereNobodyWasCalledAndWhereWeFailed() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness().receives("a.example")) {
      Attempt unknown = attempt(harness, harness.accept("you@nowhere.example"));
      assertThat(unknown.ending().outcome()).isEqualTo("rejected");
      assertThat(unknown.parts()).isEmpty();

      harness.rendersWith(_ -> {
        throw new IllegalStateException("our own mistake");
      });
      Attempt fault = attempt(harness, harness.accept("you@a.example"));
      assertThat(fault.ending().outcome()).isEqualTo("fault");
      assertThat(fault.ending().reply()).contains("our own mistake");
    }
  }
}

package dev.waybill.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.smtp.Dialogue;
import dev.waybill.relay.sources.SourceAddress;
import dev.waybill.relay.sources.SourcePools;
import dev.waybill.relay.streams.Stream;
import dev.waybill.relay.testing.DeliveryHarness;
import dev.waybill.relay.testing.DeliveryHarness.Options;
import dev.waybill.relay.testing.ScriptedMailHost.Received;
import java.io.IOException;
import java.net.InetAddress;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import org.junit.jupiter.api.Test;

/// From which of our addresses a stream's mail leaves, and as whom.
class LeavesFromItsPoolTest {
  private static final UUID DOMAIN = new UUID(0, 1);

  private static SourceAddress source(String address, String helo, String pool) {
    return new SourceAddress(InetAddress.ofLiteral(address), helo, pool);
  }

  /// Marketing has a pool of its own.
  private static Options options(SourceAddress... addresses) {
    return Options.usual()
        .withSources(new SourcePools(List.of(addresses), Map.of("marketing", "news")));
  }

  private static Options two() {
    return options(
        source("127.0.0.21", "relay.example.com", "default"),
        source("127.0.0.22", "news.example.com", "news"));
  }

  private static AttemptOutcome deliver(DeliveryHarness harness, Stream stream) {
    return harness.outcome(harness.accept("you@a.example", DOMAIN, stream));
  }

  @Test
  void saysTheNameOfTheAddressItComesFrom() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness(two()).receives("a.example")) {
      deliver(harness, Stream.TRANSACTIONAL);
      deliver(harness, Stream.MARKETING);

      assertThat(harness.host().received())
          .extracting(Received::client, Received::helo)
          .containsExactly(
              tuple("127.0.0.21", "relay.example.com"), tuple("127.0.0.22", "news.example.com"));
    }
  }

  @Test
  void tellsTheAddressWithTheOutcome() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness(two()).receives("a.example")) {
      assertThat(deliver(harness, Stream.MARKETING))
          .isInstanceOfSatisfying(
              AttemptOutcome.Delivered.class,
              delivered -> assertThat(delivered.peer().source()).isEqualTo("127.0.0.22"));
      harness.host().once("MAIL", "451 4.7.1 not from there");
      assertThat(deliver(harness, Stream.TRANSACTIONAL))
          .isInstanceOfSatisfying(
              AttemptOutcome.Deferred.class,
              deferred -> assertThat(deferred.peer().source()).isEqualTo("127.0.0.21"));
    }
  }

  @Test
  void leavesTheAddressToTheSystemWhereAPoolHasNone() throws IOException {
    Options options = options(source("127.0.0.22", "news.example.com", "news"));
    try (DeliveryHarness harness = new DeliveryHarness(options).receives("a.example")) {
      assertThat(deliver(harness, Stream.TRANSACTIONAL))
          .isInstanceOfSatisfying(
              AttemptOutcome.Delivered.class,
              delivered -> assertThat(delivered.peer().source()).isNull());
      assertThat(harness.host().received())
          .singleElement()
          .satisfies(copy -> assertThat(copy.client()).isNotEqualTo("127.0.0.22"))
          .satisfies(copy -> assertThat(copy.helo()).isEqualTo("relay.example.com"));
    }
  }

  @Test
  void sharesNoConnectionBetweenPools() throws IOException {
    Options options = two().withIdle(Duration.ofSeconds(5));
    try (DeliveryHarness harness = new DeliveryHarness(options).receives("a.example")) {
      for (int i = 0; i < 3; i++) {
        deliver(harness, Stream.TRANSACTIONAL);
        deliver(harness, Stream.MARKETING);
      }
      assertThat(harness.host().connections()).isEqualTo(2);
      assertThat(harness.engine.load().sites()).isEqualTo(2);
    }
  }

  @Test
  void picksAnAddressOfThePoolForEachConnection() throws IOException {
    Options options =
        options(
                source("127.0.0.21", "one.example.com", "news"),
                source("127.0.0.22", "two.example.com", "news"))
            .withMessagesPerConnection(1)
            .withSiteConnections(1);
    try (DeliveryHarness harness = new DeliveryHarness(options).receives("a.example")) {
      Set<String> names = new HashSet<>();
      // chance decides: one of the two forty times in a row is once in 10^12 runs
      for (int i = 0; i < 40 && names.size() < 2; i++) {
        deliver(harness, Stream.MARKETING);
        names.add(harness.host().received().getLast().helo());
      }
      assertThat(names).containsExactlyInAnyOrder("one.example.com", "two.example.com");
    }
  }

  @Test
  void pausesThePoolThatIsTurnedAwayAndNoOther() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness(two()).receives("a.example")) {
      harness.host().once("MAIL", "421 4.7.0 try again in 30 minutes");
      deliver(harness, Stream.MARKETING);
      assertThat(deliver(harness, Stream.MARKETING)).isInstanceOf(AttemptOutcome.Postponed.class);
      assertThat(deliver(harness, Stream.TRANSACTIONAL))
          .isInstanceOf(AttemptOutcome.Delivered.class);
    }
  }

  @Test
  void callsOnNoHostThatThePoolHasNoAddressFor() throws IOException {
    Options options = options(source("::1", "news.example.com", "news"));
    try (DeliveryHarness harness = new DeliveryHarness(options).receives("a.example")) {
      assertThat(deliver(harness, Stream.MARKETING))
          .isInstanceOfSatisfying(
              AttemptOutcome.Unreachable.class,
              unreachable ->
                  assertThat(unreachable.reason()).contains("no way there from this machine"));
      assertThat(harness.host().connections()).isZero();
    }
  }

  @Test
  void knowsItselfByTheNamesOfItsSources() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness(two())) {
      harness.dns.zone("loop.example. 60 IN MX 10 news.example.com.");
      assertThat(harness.deliver("you@loop.example"))
          .isInstanceOfSatisfying(
              AttemptOutcome.Unreachable.class,
              unreachable -> assertThat(unreachable.reason()).contains("would loop back"));
    }
  }

  @Test
  void showsTheAddressInTheTranscript() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness(two()).receives("a.example")) {
      DeliveryKey key = harness.accept("you@a.example", DOMAIN, Stream.MARKETING);
      harness.outcome(key);
      assertThat(harness.attempts(key).getFirst().parts().getFirst().dialogue().lines())
          .extracting(Dialogue.Line::text)
          .anyMatch(line -> line.endsWith("from [127.0.0.22]"))
          .contains("EHLO news.example.com");
    }
  }
}

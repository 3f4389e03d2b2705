package dev.waybill.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.smtp.IpNetwork;
import dev.waybill.relay.testing.DeliveryHarness;
import dev.waybill.relay.testing.DeliveryHarness.Options;
import dev.waybill.relay.testing.ScriptedMailHost;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.xbill.DNS.Rcode;

/// From a recipient's domain to a host that talks to us, or to the right kind of no.
class FindsTheHostTest {
  @Test
  void deliversToTheMx() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness().receives("a.example")) {
      assertThat(harness.deliver("you@a.example"))
          .isEqualTo(
              new AttemptOutcome.Delivered(
                  new AttemptOutcome.Peer(
                      "mx.a.example",
                      "127.0.0.2",
                      null,
                      new AttemptOutcome.Security("none", "the host does not offer STARTTLS", null),
                      null),
                  "250 2.0.0 taken",
                  new AttemptOutcome.Copy("", "0123456789abcdef", Instant.EPOCH, List.of("wb1"))));
      assertThat(harness.host().received())
          .singleElement()
          .satisfies(copy -> {
            assertThat(copy.rcpt()).isEqualTo("RCPT TO:<you@a.example>");
            assertThat(copy.text()).isEqualTo("Subject: hello\r\n\r\nhello\r\n");
          });
      assertThat(
              harness
                  .meters
                  .get("waybill.delivery.attempts")
                  .tags("provider", "other", "result", "delivered")
                  .counter()
                  .count())
          .isEqualTo(1);
    }
  }

  @Test
  void deliversToTheImplicitMx() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness()) {
      harness.dns.zone("bare.example. 60 IN A 127.0.0.2");
      assertThat(harness.deliver("you@bare.example"))
          .isInstanceOfSatisfying(
              AttemptOutcome.Delivered.class,
              delivered -> assertThat(delivered.peer().host()).isEqualTo("bare.example"));
    }
  }

  @Test
  void rejectsOnlyWhenTheDnsSaysNo() throws IOException {
    try (DeliveryHarness harness =
        new DeliveryHarness(Options.usual().withDnsTimeout(Duration.ofMillis(500)))) {
      harness
          .dns
          .zone("null.example. 60 IN MX 0 .", "lost.example. 60 IN MX 10 gone.example.")
          .failing("broken.example", Rcode.SERVFAIL)
          .silent("silent.example");
      assertThat(harness.deliver("you@null.example"))
          .isEqualTo(
              new AttemptOutcome.Rejected(
                  null, "556 5.1.10 the domain null.example takes no mail (null MX)"));
      assertThat(harness.deliver("you@nowhere.example"))
          .isEqualTo(
              new AttemptOutcome.Rejected(
                  null, "550 5.1.2 the domain nowhere.example does not exist"));
      assertThat(harness.deliver("you@broken.example"))
          .isInstanceOf(AttemptOutcome.Unreachable.class);
      assertThat(harness.deliver("you@silent.example"))
          .isInstanceOf(AttemptOutcome.Unreachable.class);
      assertThat(harness.deliver("you@lost.example"))
          .isEqualTo(new AttemptOutcome.Unreachable("gone.example: no such host"));
    }
  }

  @Test
  void takesTheSecondHostWhenTheFirstIsDownOrRefusesUs() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness()) {
      harness.dns.zone(
          "a.example. 60 IN MX 10 down.a.example.",
          "a.example. 60 IN MX 20 sour.a.example.",
          "a.example. 60 IN MX 30 good.a.example.",
          "down.a.example. 60 IN A 127.0.0.9",
          "sour.a.example. 60 IN A 127.0.0.3",
          "good.a.example. 60 IN A 127.0.0.2");
      ScriptedMailHost sour = harness.host("127.0.0.3").always("BANNER", "554 5.7.1 not you");
      assertThat(harness.deliver("you@a.example"))
          .isInstanceOfSatisfying(
              AttemptOutcome.Delivered.class,
              delivered -> assertThat(delivered.peer().host()).isEqualTo("good.a.example"));
      assertThat(sour.connections()).isEqualTo(1);
    }
  }

  @Test
  void keepsMailWhoseHostsAllRefuseToTalk() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness().receives("a.example")) {
      harness.host().always("BANNER", "554 5.7.1 not you");
      assertThat(harness.deliver("you@a.example"))
          .isEqualTo(
              new AttemptOutcome.Unreachable(
                  "mx.a.example [127.0.0.2]: waiting for the greeting: 554 5.7.1 not you"));
    }
  }

  @Test
  void callsOnNoPrivateAddress() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness(Options.usual().withAllowed(List.of()))) {
      harness.receives("inside.example");
      assertThat(harness.deliver("you@inside.example"))
          .isInstanceOfSatisfying(
              AttemptOutcome.Unreachable.class,
              outcome -> assertThat(outcome.reason()).contains("not a public address"));
      assertThat(harness.host().connections()).isZero();
    }
  }

  @Test
  void doesNotCallItself() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness()) {
      harness.dns.zone(
          "loop.example. 60 IN MX 10 relay.example.com.",
          "loop.example. 60 IN MX 20 mx.a.example.",
          "relay.example.com. 60 IN A 127.0.0.2",
          "mx.a.example. 60 IN A 127.0.0.2");
      assertThat(harness.deliver("you@loop.example"))
          .isEqualTo(
              new AttemptOutcome.Unreachable(
                  "mail for loop.example would loop back to relay.example.com"));
      assertThat(harness.host().connections()).isZero();
    }
  }

  @Test
  void doesNotCallItselfByAnyOfItsNamesOrAddresses() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness()) {
      harness.dns.zone(
          "other.example. 60 IN MX 10 bounces.example.com.",
          "address.example. 60 IN MX 10 mx.address.example.",
          "mx.address.example. 60 IN A 192.0.2.77",
          "relay.example.com. 60 IN A 192.0.2.77");
      assertThat(harness.deliver("you@other.example"))
          .isEqualTo(
              new AttemptOutcome.Unreachable(
                  "mail for other.example would loop back to bounces.example.com"));
      assertThat(harness.deliver("you@address.example"))
          .isInstanceOfSatisfying(
              AttemptOutcome.Unreachable.class,
              outcome ->
                  assertThat(outcome.reason())
                      .startsWith("mx.address.example [192.0.2.77]: an address of this machine"));
    }
  }

  @Test
  void followsTheAliasOfAnMxAndRefusesAnAddressInItsPlace() throws IOException {
    try (DeliveryHarness harness = new DeliveryHarness()) {
      harness.dns.zone(
          "a.example. 60 IN MX 10 mx.a.example.",
          "mx.a.example. 60 IN CNAME real.b.example.",
          "real.b.example. 60 IN A 127.0.0.2",
          "literal.example. 60 IN MX 10 127.0.0.2.",
          "127.0.0.2. 60 IN A 127.0.0.2");
      assertThat(harness.deliver("you@a.example"))
          .isInstanceOfSatisfying(
              AttemptOutcome.Delivered.class,
              delivered -> assertThat(delivered.peer().host()).isEqualTo("mx.a.example"));
      assertThat(harness.deliver("you@literal.example"))
          .isEqualTo(new AttemptOutcome.Unreachable("127.0.0.2: not the name of a host"));
    }
  }

  @Test
  void takesIpv6FirstAndIpv4SoonWhereThatIsSilent() throws IOException {
    IpNetwork six = IpNetwork.of("::1/128");
    IpNetwork four = IpNetwork.of("127.0.0.0/8");
    try (DeliveryHarness harness =
        new DeliveryHarness(Options.usual().withAllowed(List.of(six, four)))) {
      harness.receives("a.example");
      harness.dns.zone("mx.a.example. 60 IN AAAA ::1");
      ScriptedMailHost overSix = harness.host("::1");
      assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Delivered.class);
      assertThat(overSix.received()).hasSize(1);
      overSix.close();
      long before = System.nanoTime();
      assertThat(harness.deliver("you@a.example")).isInstanceOf(AttemptOutcome.Delivered.class);
      assertThat(harness.host().received()).hasSize(1);
      assertThat(Duration.ofNanos(System.nanoTime() - before)).isLessThan(Duration.ofSeconds(10));
    }
  }
}

package dev.waybill.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.waybill.relay.queue.AttemptOutcome;
import dev.waybill.relay.testing.DeliveryHarness;
import dev.waybill.relay.testing.DeliveryHarness.Options;
import dev.waybill.relay.testing.RawMailHost;
import dev.waybill.relay.testing.RawMailHost.Manners;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// Hosts that misbehave in every way we could think of: each ends in one outcome, and nobody's mail
/// bounces unless the host said so in so many words.
class MisbehavingHostsTest {
  /// What a way comes to.
  private enum Expected {
    DELIVERED(AttemptOutcome.Delivered.class),
    DEFERRED(AttemptOutcome.Deferred.class),
    REJECTED(AttemptOutcome.Rejected.class),
    UNREACHABLE(AttemptOutcome.Unreachable.class);

    private final Class<? extends AttemptOutcome> type;

    Expected(Class<? extends AttemptOutcome> type) {
      this.type = type;
    }
  }

  /// @param name for the report
  /// @param manners what the host does, each time it is called on
  private record Way(String name, Expected expected, Manners manners) {
    @Override
    public String toString() {
      return name;
    }
  }

  private static final List<Way> WAYS = new ArrayList<>();

  private static void way(String name, Expected expected, Manners manners) {
    WAYS.add(new Way(name, expected, manners));
  }

  static {
    greetings();
    hellos();
    refusals();
    disconnects();
    malformedReplies();
    slowness();
    endings();
  }

  private static void greetings() {
    way("hangs up before a word", Expected.UNREACHABLE, _ -> {});
    way("resets before a word", Expected.UNREACHABLE, host -> host.resets());
    way("is silent", Expected.UNREACHABLE, host -> host.hangs());
    way("greets with 421", Expected.UNREACHABLE, host -> host.says("421 busy\r\n").hangs());
    way("greets with 450", Expected.UNREACHABLE, host -> host.says("450 later\r\n").hangs());
    way("greets with 554", Expected.UNREACHABLE, host -> host.says("554 no SMTP here\r\n").hangs());
    way("greets with 250", Expected.UNREACHABLE, host -> host.says("250 hello\r\n").hangs());
    way(
        "speaks HTTP",
        Expected.UNREACHABLE,
        host -> host.says("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n"));
    way("speaks SSH", Expected.UNREACHABLE, host -> host.says("SSH-2.0-OpenSSH_9.2\r\n").hangs());
    way(
        "speaks TLS at once",
        Expected.UNREACHABLE,
        host -> host.says("\u0015\u0003\u0003\u0000\u0002\u0002\u0028").hangs());
    way(
        "greets with binary",
        Expected.UNREACHABLE,
        host -> host.says("\u0000\u00ff\u0001\u00fe\r\n").hangs());
    way("greets without end of line", Expected.UNREACHABLE, host -> host.says("220 hi").hangs());
    way(
        "greets for ever",
        Expected.UNREACHABLE,
        host -> {
          while (true) {
            host.says("220-still greeting\r\n");
          }
        });
    way(
        "greets in one endless line",
        Expected.UNREACHABLE,
        host -> {
          host.says("220 ");
          while (true) {
            host.says("x".repeat(1_000));
          }
        });
  }

  private static void hellos() {
    way("hangs up at EHLO", Expected.UNREACHABLE, host -> host.says("220 hi\r\n").hears("EHLO"));
    way(
        "knows neither EHLO nor HELO",
        Expected.UNREACHABLE,
        host ->
            host.says("220 hi\r\n").answers("EHLO", "502 no").answers("HELO", "502 no").hangs());
    way(
        "knows only HELO",
        Expected.DELIVERED,
        host -> {
          host.says("220 hi\r\n").answers("EHLO", "500 what?").answers("HELO", "250 hi");
          host.answers("MAIL", "250 ok").answers("RCPT", "250 ok").answers("DATA", "354 go on");
          host.takes().says("250 ok\r\n").ends();
        });
    way(
        "defers EHLO",
        Expected.UNREACHABLE,
        host -> host.says("220 hi\r\n").answers("EHLO", "421 4.3.2 shutting down"));
    way(
        "refuses our name",
        Expected.UNREACHABLE,
        host ->
            host.says("220 hi\r\n")
                .answers("EHLO", "550 5.7.1 go away")
                .hears("HELO")
                .says("550 5.7.1 go away\r\n")
                .hangs());
    way(
        "offers a thousand extensions",
        Expected.UNREACHABLE,
        host -> {
          String[] many = new String[1_000];
          for (int i = 0; i < many.length; i++) {
            many[i] = "X-EXTENSION-" + i;
          }
          host.greets(many).hangs();
        });
    way(
        "offers nonsense",
        Expected.DELIVERED,
        host -> {
          host.greets("SIZE abc", "", "SIZE", "AUTH=LOGIN", "\u00ff\u00fe", "SIZE -1");
          deliverAll(host);
        });
    way(
        "takes no message that large",
        Expected.REJECTED,
        host -> {
          host.greets("SIZE 10");
          host.hears("QUIT").says("221 bye\r\n");
        });
    way(
        "takes any size by its word",
        Expected.DELIVERED,
        host -> {
          host.greets("SIZE 0");
          deliverAll(host);
        });
    way(
        "offers pipelining and answers all at once",
        Expected.DELIVERED,
        host -> {
          host.greets("PIPELINING").hears("MAIL").hears("RCPT").hears("DATA");
          host.says("250 ok\r\n250 ok\r\n354 go on\r\n").takes().says("250 ok\r\n").ends();
        });
  }

  private static void deliverAll(RawMailHost.Conversation host) throws IOException {
    host.answers("MAIL", "250 ok").answers("RCPT", "250 ok").answers("DATA", "354 go on");
    host.takes().says("250 ok\r\n").ends();
  }

  private static void refusals() {
    refusal("421 4.7.0 too many", Expected.DEFERRED);
    refusal("450 4.2.1 later", Expected.DEFERRED);
    refusal("451 4.3.0 trouble", Expected.DEFERRED);
    refusal("452 4.2.2 full", Expected.DEFERRED);
    refusal("499 what", Expected.DEFERRED);
    refusal("550 5.1.1 nobody", Expected.REJECTED);
    refusal("551 5.1.6 moved", Expected.REJECTED);
    refusal("552 5.2.2 full", Expected.REJECTED);
    refusal("553 5.1.3 bad name", Expected.REJECTED);
    refusal("554 5.7.1 no", Expected.REJECTED);
    refusal("501 5.1.3 bad address", Expected.REJECTED);
    refusal("501 syntax error in parameters", Expected.REJECTED);
    refusal("599", Expected.REJECTED);
    // about our dialogue, not about this mail or its recipient
    refusal("500 command unrecognized", Expected.DEFERRED);
    refusal("502 5.5.1 not implemented", Expected.DEFERRED);
    refusal("503 5.5.1 bad sequence of commands", Expected.DEFERRED);
    refusal("504 5.5.4 parameter not implemented", Expected.DEFERRED);
    refusal("555 5.5.4 parameters not recognized", Expected.DEFERRED);
    refusal("503 5.7.1 you are listed", Expected.REJECTED);
  }

  private static void refusal(String reply, Expected expected) {
    way(
        "answers MAIL with " + reply,
        expected,
        host -> {
          host.greets().answers("MAIL", reply);
          host.ends();
        });
    way(
        "answers RCPT with " + reply,
        expected,
        host -> {
          host.greets().answers("MAIL", "250 ok").answers("RCPT", reply);
          host.ends();
        });
    way(
        "answers DATA with " + reply,
        expected,
        host -> {
          host.greets().answers("MAIL", "250 ok").answers("RCPT", "250 ok").answers("DATA", reply);
          host.ends();
        });
    way(
        "answers the message with " + reply,
        expected,
        host -> {
          host.wants().takes().says(reply + "\r\n").ends();
        });
  }

  private static void disconnects() {
    way("hangs up at MAIL", Expected.UNREACHABLE, host -> host.greets().hears("MAIL"));
    way("resets at MAIL", Expected.UNREACHABLE, host -> host.greets().hears("MAIL").resets());
    way(
        "hangs up at RCPT",
        Expected.UNREACHABLE,
        host -> host.greets().answers("MAIL", "250 ok").hears("RCPT"));
    way(
        "hangs up at DATA",
        Expected.UNREACHABLE,
        host -> host.greets().answers("MAIL", "250 ok").answers("RCPT", "250 ok").hears("DATA"));
    way("hangs up before the message", Expected.UNREACHABLE, host -> host.wants());
    way("resets before the message", Expected.UNREACHABLE, host -> host.wants().resets());
    way("hangs up within the message", Expected.UNREACHABLE, host -> host.wants().reads(10));
    way("resets within the message", Expected.UNREACHABLE, host -> host.wants().reads(10).resets());
    way("hangs up behind the message", Expected.UNREACHABLE, host -> host.wants().takes());
    way("resets behind the message", Expected.UNREACHABLE, host -> host.wants().takes().resets());
    way(
        "hangs up half way through its answer",
        Expected.UNREACHABLE,
        host -> host.wants().takes().says("250"));
    way(
        "refuses and hangs up within the message",
        Expected.REJECTED,
        host -> host.wants().reads(4).says("552 5.3.4 too much\r\n"));
  }

  private static void malformedReplies() {
    malformed("hello");
    malformed("25 ok");
    malformed("2500 ok");
    malformed("250ok");
    malformed("250_ok");
    malformed("150 ok");
    malformed("000 ok");
    malformed("999 ok");
    malformed("-250 ok");
    malformed(" 250 ok");
    malformed("");
    malformed("\u0000");
    malformed("250-one\r\n550 two");
    malformed("250-one\r\nGET / HTTP/1.1");
    malformed("354 go on");
    way(
        "answers with nothing but a code",
        Expected.DELIVERED,
        host -> {
          host.greets().answers("MAIL", "250").answers("RCPT", "250 ").answers("DATA", "354");
          host.takes().says("250\r\n").ends();
        });
    way(
        "ends its lines with LF",
        Expected.DELIVERED,
        host -> {
          host.says("220 hi\n").hears("EHLO").says("250-hi\n250 HELP\n");
          host.hears("MAIL").says("250 ok\n").hears("RCPT").says("250-ok\n250 ok\n");
          host.hears("DATA").says("354 go on\n").takes().says("250 ok\n").ends();
        });
    way(
        "answers 250 to DATA",
        Expected.UNREACHABLE,
        host ->
            host.greets()
                .answers("MAIL", "250 ok")
                .answers("RCPT", "250 ok")
                .answers("DATA", "250 ok")
                .hangs());
    way(
        "answers 354 to the message",
        Expected.UNREACHABLE,
        host -> host.wants().takes().says("354 more\r\n").hangs());
    way(
        "answers with control characters",
        Expected.REJECTED,
        host ->
            host.greets()
                .answers("MAIL", "250 ok")
                .answers("RCPT", "550 5.1.1 \u001b[31m\u0007\u0000nobody")
                .ends());
    way(
        "answers in Latin-1",
        Expected.REJECTED,
        host ->
            host.greets()
                .answers("MAIL", "250 ok")
                .answers("RCPT", "550 5.1.1 unbekannt: M\u00fcller")
                .ends());
    way(
        "answers with 100,000 lines",
        Expected.UNREACHABLE,
        host -> {
          host.greets().hears("MAIL");
          for (int i = 0; i < 100_000; i++) {
            host.says("250-line\r\n");
          }
          host.says("250 ok\r\n").ends();
        });
    way(
        "answers with a megabyte",
        Expected.UNREACHABLE,
        host -> {
          host.greets().hears("MAIL").says("250 ");
          for (int i = 0; i < 1_000; i++) {
            host.says("x".repeat(1_000));
          }
          host.says("\r\n").hangs();
        });
  }

  private static void malformed(String reply) {
    way(
        "answers RCPT with \"" + reply.strip() + "\"",
        Expected.UNREACHABLE,
        host -> host.greets().answers("MAIL", "250 ok").answers("RCPT", reply).hangs());
  }

  private static void slowness() {
    way(
        "never answers EHLO",
        Expected.UNREACHABLE,
        host -> host.says("220 hi\r\n").hears("EHLO").hangs());
    way("never answers MAIL", Expected.UNREACHABLE, host -> host.greets().hears("MAIL").hangs());
    way(
        "never answers RCPT",
        Expected.UNREACHABLE,
        host -> host.greets().answers("MAIL", "250 ok").hears("RCPT").hangs());
    way(
        "never answers DATA",
        Expected.UNREACHABLE,
        host ->
            host.greets()
                .answers("MAIL", "250 ok")
                .answers("RCPT", "250 ok")
                .hears("DATA")
                .hangs());
    way("never answers the message", Expected.UNREACHABLE, host -> host.wants().takes().hangs());
    way(
        "never ends its answer",
        Expected.UNREACHABLE,
        host -> host.wants().takes().says("250-wait\r\n").hangs());
    way(
        "never answers QUIT",
        Expected.DELIVERED,
        host -> host.wants().takes().says("250 ok\r\n").hangs());
  }

  private static void endings() {
    way(
        "takes the message and resets",
        Expected.DELIVERED,
        host -> host.wants().takes().says("250 ok\r\n").resets());
    way(
        "takes the message and hangs up",
        Expected.DELIVERED,
        host -> host.wants().takes().says("250 ok\r\n"));
    way(
        "takes the message and chatters on",
        Expected.DELIVERED,
        host -> host.wants().takes().says("250 ok\r\n250 really\r\n250 yes\r\n").ends());
    way(
        "takes the message and says 421 at once",
        Expected.DELIVERED,
        host -> host.wants().takes().says("250 ok\r\n421 bye\r\n"));
    way(
        "answers QUIT with an error",
        Expected.DELIVERED,
        host -> {
          host.wants().takes().says("250 ok\r\n");
          host.answers("QUIT", "500 never").hangs();
        });
  }

  static List<Way> ways() {
    return WAYS;
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource("ways")
  void eachEndsInTheOutcomeThatItIs(Way way) throws IOException {
    Options patient = Options.usual().withTimeout(Duration.ofMillis(400));
    try (DeliveryHarness harness = new DeliveryHarness(patient);
        RawMailHost host = new RawMailHost("127.0.0.9", harness.host().port(), way.manners())) {
      harness.dns.zone(
          "odd.example. 60 IN MX 10 mx.odd.example.", "mx.odd.example. 60 IN A 127.0.0.9");

      AttemptOutcome outcome = harness.deliver("you@odd.example");

      assertThat(outcome).isInstanceOf(way.expected().type);
      if (way.expected() == Expected.DELIVERED) {
        assertThat(host.taken()).isEqualTo(1);
      } else {
        // a message that came whole and was not answered may come again: that once, and no more
        assertThat(host.taken()).isLessThanOrEqualTo(1);
      }
      assertThat(outcome.toString().chars().filter(c -> c < ' ' || c == 0x7F)).isEmpty();
      await().until(() -> host.openConnections() == 0);
    }
  }

  @Test
  void thereAreManyWays() {
    assertThat(WAYS).extracting(Way::name).doesNotHaveDuplicates().hasSizeGreaterThan(100);
  }
}

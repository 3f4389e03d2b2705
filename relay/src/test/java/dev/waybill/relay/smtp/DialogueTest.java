package dev.waybill.relay.smtp;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.smtp.Dialogue.Speaker;
import dev.waybill.relay.testing.ScriptedMailHost;
import dev.waybill.relay.testing.SelfSignedCertificate;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// What is written down of a session with a real host, and what is not.
class DialogueTest {
  private final AtomicLong now = new AtomicLong(5_000_000);
  private final Dialogue opening = new Dialogue(now::get);
  private final Dialogue transaction = new Dialogue(now::get);
  private ScriptedMailHost host;
  private SmtpClient client;

  @BeforeEach
  void start() throws IOException {
    host = new ScriptedMailHost("127.0.0.1", 0);
    client =
        new SmtpClient(
            "relay.example.com",
            ClientTimeouts.uniform(Duration.ofSeconds(10)),
            Optional.empty(),
            System::nanoTime);
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    host.close();
  }

  private Opening open() {
    Dialing.Line line =
        client.dial(List.of(new Way(host.address(), Optional.empty()))).line().orElseThrow();
    return client.open("mx.a.example", line, TlsPolicy.OPPORTUNISTIC, opening);
  }

  private TransactionResult send(String message) {
    try (ClientSession session = ((Opening.Ready) open()).session()) {
      return session.send(
          new Envelope(
              EmailAddress.of("bounces+t@send.a.example"),
              EmailAddress.of("you@b.example"),
              false,
              false,
              DsnParameters.NONE),
          message.getBytes(StandardCharsets.UTF_8),
          transaction);
    }
  }

  private static List<String> words(Dialogue dialogue) {
    return dialogue.lines().stream()
        .map(line -> line.speaker().name().charAt(0) + ": " + line.text())
        .toList();
  }

  @Test
  void hasEveryLineInItsOrder(@TempDir Path folder) throws Exception {
    host.startTls(SelfSignedCertificate.of("mx.a.example", folder).context());
    send("Subject: s\r\n\r\nsecret words\r\n");
    assertThat(words(opening))
        .startsWith(
            "R: connected to mx.a.example [127.0.0.1] port %d from [127.0.0.1]"
                .formatted(host.port()),
            "S: 220 host.test ESMTP",
            "C: EHLO relay.example.com",
            "S: 250-host.test",
            "S: 250-PIPELINING",
            "S: 250-SIZE 1000000",
            "S: 250-8BITMIME",
            "S: 250-STARTTLS",
            "S: 250 HELP",
            "C: STARTTLS",
            "S: 220 2.0.0 go on")
        .endsWith("S: 250-8BITMIME", "S: 250 HELP")
        .anyMatch(line -> line.matches("R: TLSv1.3 TLS_\\w+, certificate problem: .+"));
    assertThat(words(transaction))
        .containsExactly(
            "C: MAIL FROM:<bounces+t@send.a.example> SIZE=28",
            "C: RCPT TO:<you@b.example>",
            "C: DATA",
            "S: 250 2.1.0 ok",
            "S: 250 2.1.5 ok",
            "S: 354 go on",
            "C: <28 octets>",
            "C: .",
            "S: 250 2.0.0 taken");
  }

  @Test
  void tellsWhatWasSaidAfterARefusalOfPipelinedCommands() {
    host.once("RCPT", "550-5.1.1 nobody\n550 5.1.1 here").once("DATA", "354 go on");
    assertThat(send("a\r\n")).isInstanceOf(TransactionResult.Refused.class);
    assertThat(words(transaction).subList(3, words(transaction).size()))
        .containsExactly(
            "S: 250 2.1.0 ok",
            "S: 550-5.1.1 nobody",
            "S: 550 5.1.1 here",
            "S: 354 go on",
            "C: .",
            "S: 250 2.0.0 taken");
  }

  @Test
  void tellsWhereTheConnectionWasLost() {
    host.closesAt("END");
    assertThat(send("a\r\n")).isInstanceOf(TransactionResult.Lost.class);
    assertThat(words(transaction))
        .endsWith(
            "C: .", "R: waiting for the reply to the message: the host closed the connection");
  }

  @Test
  void hasTheOpeningOfASessionThatDidNotStand() {
    host.always("BANNER", "554 5.7.1 not you");
    assertThat(open()).isInstanceOf(Opening.Failed.class);
    assertThat(words(opening)).endsWith("S: 554 5.7.1 not you").hasSize(2);
  }

  @Test
  void hasNothingOfAnotherSession() {
    send("a\r\n");
    assertThat(words(opening)).noneMatch(line -> line.contains("MAIL") || line.contains("QUIT"));
    assertThat(words(transaction)).noneMatch(line -> line.contains("QUIT"));
  }

  @Test
  void hidesWhatAuthSays() {
    String initial = base64("\0bob@a.example\0open sesame");
    opening.said("AUTH PLAIN " + initial + "\r\n");
    opening.heard(Reply.of(535, "5.7.8 open sesame (" + initial + ") is wrong"));
    opening.said("auth LOGIN\r\n");
    opening.heard(Reply.of(334, base64("Username:")));
    opening.said(base64("bob@a.example") + "\r\n");
    opening.heard(Reply.of(334, base64("Password:")));
    opening.said(base64("open sesame") + "\r\n");
    opening.heard(Reply.of(235, "2.7.0 welcome bob@a.example"));
    opening.said("MAIL FROM:<bob@a.example>\r\n");
    assertThat(words(opening))
        .containsExactly(
            "C: AUTH PLAIN <hidden>",
            "S: 535 5.7.8 <hidden> (<hidden>) is wrong",
            "C: auth LOGIN",
            "S: 334 <hidden>",
            "C: <hidden>",
            "S: 334 <hidden>",
            "C: <hidden>",
            "S: 235 2.7.0 welcome <hidden>",
            "C: MAIL FROM:<bob@a.example>");
  }

  @Test
  void makesHostileRepliesHarmless() {
    host.always("MAIL", "451 4.0.0 \u001b[31mred\u202egnp.exe\u2028next\u0007 Grüße");
    send("a\r\n");
    assertThat(words(transaction)).contains("S: 451 4.0.0 ?[31mred?gnp.exe?next? Grüße");
  }

  @Test
  void keepsTheBeginningOfWhatIsLong() {
    String line = "250-" + "x".repeat(900);
    host.always("MAIL", (line + "\n").repeat(40) + "250 end");
    send("a\r\n");
    assertThat(words(transaction))
        .anyMatch(each -> each.matches("S: 250 \\[[0-9,]+ more characters are not kept]"))
        .contains("S: 250 2.1.5 ok");
    for (int i = 0; i < 20; i++) {
      opening.heard(Reply.of(250, "y".repeat(1_900)));
    }
    assertThat(words(opening).getLast()).isEqualTo("R: [what follows is not kept]");
    assertThat(String.join("", words(opening)).length()).isLessThan(Dialogue.MAX_LENGTH + 100);
  }

  @Test
  void countsMillisecondsFromItsBeginning() {
    transaction.said("NOOP\r\n");
    now.addAndGet(12_400_000);
    transaction.heard(Reply.of(250, "ok"));
    assertThat(transaction.lines())
        .containsExactly(
            new Dialogue.Line(0, Speaker.CLIENT, "NOOP"),
            new Dialogue.Line(12, Speaker.SERVER, "250 ok"));
  }

  private static String base64(String text) {
    return Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}

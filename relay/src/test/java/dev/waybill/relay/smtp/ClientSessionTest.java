package dev.waybill.relay.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.junit.jupiter.api.Assertions.assertTimeout;

import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.testing.ScriptedMailHost;
import dev.waybill.relay.testing.SelfSignedCertificate;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// One session against a real host on loopback.
class ClientSessionTest {
  private static final EmailAddress FROM = EmailAddress.of("bounces+x@send.example.com");
  private static final EmailAddress TO = EmailAddress.of("you@a.example");

  private ScriptedMailHost host;
  private SmtpClient client;

  @BeforeEach
  void start() throws IOException {
    host = new ScriptedMailHost("127.0.0.1", 0);
    client = client(Duration.ofSeconds(10), Optional.empty());
  }

  @AfterEach
  void stop() throws IOException {
    client.close();
    host.close();
  }

  private static SmtpClient client(Duration each, Optional<Path> trusted) {
    return new SmtpClient(
        "relay.example.com", ClientTimeouts.uniform(each), trusted, System::nanoTime);
  }

  private Opening open(SmtpClient with, TlsPolicy policy) {
    return with.open("mx.a.example", host.address(), Optional.empty(), policy);
  }

  private ClientSession session(TlsPolicy policy) {
    return ((Opening.Ready) open(client, policy)).session();
  }

  private static TransactionResult send(ClientSession session, String message) {
    return session.send(envelope(TO, false), message.getBytes(StandardCharsets.UTF_8));
  }

  private static Envelope envelope(EmailAddress recipient, boolean international) {
    return new Envelope(FROM, recipient, international, international, DsnParameters.NONE);
  }

  @Test
  void pipelinesTheEnvelopeAndSendsExactBytes() {
    host.repliesInBatches();
    try (ClientSession session = session(TlsPolicy.OPPORTUNISTIC)) {
      TransactionResult result = send(session, "Subject: a\r\n\r\n.dot\r\n..\r\nend");
      assertThat(result).isEqualTo(new TransactionResult.Accepted(Reply.of(250, "2.0.0 taken")));
    }
    assertThat(host.received())
        .singleElement()
        .satisfies(copy -> {
          assertThat(copy.text()).isEqualTo("Subject: a\r\n\r\n..dot\r\n...\r\nend\r\n");
          assertThat(copy.mail()).isEqualTo("MAIL FROM:<bounces+x@send.example.com> SIZE=27");
          assertThat(copy.rcpt()).isEqualTo("RCPT TO:<you@a.example>");
        });
    assertThat(host.commands()).containsSubsequence("EHLO relay.example.com", "DATA", ".", "QUIT");
  }

  @Test
  void takesTurnsWithoutPipeliningAndResetsAfterARefusal() {
    host.offers().once("RCPT", "550 5.1.1 nobody");
    try (ClientSession session = session(TlsPolicy.OPPORTUNISTIC)) {
      assertThat(send(session, "a\r\n"))
          .isEqualTo(new TransactionResult.Refused(Stage.RCPT, Reply.of(550, "5.1.1 nobody")));
      assertThat(send(session, "b\r\n")).isInstanceOf(TransactionResult.Accepted.class);
    }
    assertThat(host.commands())
        .containsExactly(
            "EHLO relay.example.com",
            "MAIL FROM:<bounces+x@send.example.com>",
            "RCPT TO:<you@a.example>",
            "RSET",
            "MAIL FROM:<bounces+x@send.example.com>",
            "RCPT TO:<you@a.example>",
            "DATA",
            ".",
            "QUIT");
  }

  @Test
  void sendsNothingWhenDataIsWantedAlthoughTheRecipientWasRefused() {
    host.once("RCPT", "550 5.1.1 nobody").once("DATA", "354 go on").once("END", "554 5.5.1 none");
    try (ClientSession session = session(TlsPolicy.OPPORTUNISTIC)) {
      assertThat(send(session, "secret\r\n"))
          .isInstanceOfSatisfying(
              TransactionResult.Refused.class,
              refused -> assertThat(refused.stage()).isEqualTo(Stage.RCPT));
      assertThat(host.received()).isEmpty();
      assertThat(send(session, "b\r\n")).isInstanceOf(TransactionResult.Accepted.class);
    }
    assertThat(host.received()).singleElement().extracting(r -> r.text()).isEqualTo("b\r\n");
  }

  @Test
  void fallsBackToHelo() {
    host.always("EHLO", "502 5.5.1 what");
    try (ClientSession session = session(TlsPolicy.OPPORTUNISTIC)) {
      assertThat(session.extensions()).isEqualTo(Extensions.NONE);
      assertThat(send(session, "a\r\n")).isInstanceOf(TransactionResult.Accepted.class);
    }
  }

  @Test
  void judgesBeforehandWhatTheHostCannotTake() {
    host.offers("SIZE 10");
    try (ClientSession session = session(TlsPolicy.OPPORTUNISTIC)) {
      assertThat(send(session, "12345678901\r\n"))
          .isInstanceOfSatisfying(
              TransactionResult.Unsuitable.class,
              no -> assertThat(no.reply().text()).startsWith("552 5.3.4 13 octets"));
      assertThat(session.send(envelope(EmailAddress.of("jösé@a.example"), false), new byte[0]))
          .isInstanceOfSatisfying(
              TransactionResult.Unsuitable.class,
              no -> assertThat(no.reply().text()).startsWith("550 5.6.7 "));
    }
    assertThat(host.commands()).doesNotContain("DATA");
  }

  @Test
  void saysWhatTheMessageNeeds() {
    host.offers("8BITMIME", "SMTPUTF8");
    try (ClientSession session = session(TlsPolicy.OPPORTUNISTIC)) {
      byte[] message = "ä\r\n".getBytes(StandardCharsets.UTF_8);
      assertThat(session.send(envelope(EmailAddress.of("jö@a.example"), true), message))
          .isInstanceOf(TransactionResult.Accepted.class);
    }
    assertThat(host.received())
        .singleElement()
        .satisfies(copy -> {
          assertThat(copy.mail()).endsWith("> BODY=8BITMIME SMTPUTF8");
          assertThat(copy.rcpt()).isEqualTo("RCPT TO:<jö@a.example>");
          assertThat(copy.text()).isEqualTo("ä\r\n");
        });
  }

  @Test
  void passesOnWhatTheSenderWantsToHear() {
    DsnParameters asked =
        new DsnParameters(
            DsnParameters.Ret.HDRS,
            "order+2B17",
            Set.of(DsnParameters.Notify.DELAY, DsnParameters.Notify.SUCCESS),
            "rfc822;you@b.example");
    DsnParameters nothing = new DsnParameters(null, null, Set.of(DsnParameters.Notify.NEVER), null);
    DsnParameters beyondAscii = new DsnParameters(null, null, Set.of(), "utf-8;jö@b.example");
    host.offers("DSN");
    try (ClientSession session = session(TlsPolicy.OPPORTUNISTIC)) {
      for (DsnParameters dsn : List.of(asked, nothing, beyondAscii)) {
        session.send(new Envelope(FROM, TO, false, false, dsn), new byte[0]);
      }
    }
    assertThat(host.received())
        .extracting(copy -> copy.mail().substring(copy.mail().indexOf('>') + 1) + copy.rcpt())
        .containsExactly(
            " RET=HDRS ENVID=order+2B17RCPT TO:<you@a.example> NOTIFY=SUCCESS,DELAY"
                + " ORCPT=rfc822;you@b.example",
            "RCPT TO:<you@a.example>",
            "RCPT TO:<you@a.example>");
  }

  @Test
  void saysRequireTlsUnderTlsOnly(@TempDir Path folder) throws Exception {
    host.offers("REQUIRETLS").startTls(SelfSignedCertificate.of("mx.a.example", folder).context());
    for (TlsPolicy policy : List.of(TlsPolicy.CLEAR, TlsPolicy.OPPORTUNISTIC)) {
      try (ClientSession session = session(policy)) {
        session.send(new Envelope(FROM, TO, false, false, DsnParameters.NONE, true), new byte[0]);
      }
    }
    assertThat(host.received())
        .extracting(copy -> copy.tls() + copy.mail().substring(copy.mail().indexOf('>') + 1))
        .containsExactly("false", "true REQUIRETLS");
  }

  @Test
  void saysNothingOfReportsToAHostThatDoesNotKnowThem() {
    DsnParameters asked =
        new DsnParameters(
            DsnParameters.Ret.FULL, "1", Set.of(DsnParameters.Notify.DELAY), "rfc822;a@b.example");
    try (ClientSession session = session(TlsPolicy.OPPORTUNISTIC)) {
      session.send(new Envelope(FROM, TO, false, false, asked), new byte[0]);
    }
    assertThat(host.received().getFirst().mail()).doesNotContain("RET", "ENVID");
    assertThat(host.received().getFirst().rcpt()).isEqualTo("RCPT TO:<you@a.example>");
  }

  @Test
  void refusesBareLineEndsBeforeItSaysAnything() {
    try (ClientSession session = session(TlsPolicy.OPPORTUNISTIC)) {
      assertThatThrownBy(() -> send(session, "a\n.\nMAIL FROM:<evil@x.example>\r\n"))
          .isInstanceOf(IllegalArgumentException.class);
    }
    assertThat(host.commands()).noneMatch(command -> command.startsWith("MAIL"));
  }

  @Test
  void tellsALossBeforeTheMessageFromOneAfterIt() {
    host.closesAt("DATA");
    try (ClientSession session = session(TlsPolicy.OPPORTUNISTIC)) {
      assertThat(send(session, "a\r\n"))
          .isInstanceOfSatisfying(
              TransactionResult.Lost.class, lost -> assertThat(lost.stage()).isEqualTo(Stage.DATA));
      assertThat(session.isUsable()).isFalse();
    }
    host.behaves().closesAt("END");
    try (ClientSession session = session(TlsPolicy.OPPORTUNISTIC)) {
      assertThat(send(session, "a\r\n"))
          .isInstanceOfSatisfying(
              TransactionResult.Lost.class, lost -> assertThat(lost.stage()).isEqualTo(Stage.END));
    }
  }

  @Test
  void tellsWhyTheGreetingWasRefused() {
    host.always("BANNER", "554-5.7.1 not\n554 5.7.1 you");
    assertThat(open(client, TlsPolicy.OPPORTUNISTIC))
        .isEqualTo(
            new Opening.Failed(Stage.BANNER, "waiting for the greeting: 554 5.7.1 not you", false));
  }

  @Test
  void endsAReplyThatTrickles() throws IOException {
    try (ServerSocket server = new ServerSocket(0, 5, InetAddress.getByName("127.0.0.1"));
        SmtpClient impatient = client(Duration.ofMillis(400), Optional.empty())) {
      Thread trickler = Thread.ofVirtual().start(() -> trickle(server));
      assertTimeout(
          Duration.ofSeconds(5),
          () ->
              assertThat(
                      impatient.open(
                          "mx.a.example",
                          (InetSocketAddress) server.getLocalSocketAddress(),
                          Optional.empty(),
                          TlsPolicy.CLEAR))
                  .isInstanceOfSatisfying(
                      Opening.Failed.class,
                      failed ->
                          assertThat(failed.reason()).contains("nothing complete within PT0.4S")));
      assertThat(trickler).isNotNull();
    }
  }

  /// One octet after another, each within any read time-out, and never a whole line.
  private static void trickle(ServerSocket server) {
    try (Socket socket = server.accept()) {
      OutputStream out = socket.getOutputStream();
      while (true) {
        out.write('2');
        LockSupport.parkNanos(50_000_000);
      }
    } catch (IOException cutOff) {
      // That is what is wanted.
    }
  }

  @Test
  void startsTlsAndNotesTheCertificateEachTime(@TempDir Path folder) throws Exception {
    SelfSignedCertificate own = SelfSignedCertificate.of("mx.a.example", folder);
    host.startTls(own.context());
    for (int i = 0; i < 3; i++) {
      try (ClientSession session = session(TlsPolicy.OPPORTUNISTIC)) {
        assertThat(session.tls()).hasValueSatisfying(tls -> assertThat(tls).startsWith("TLSv1.3 "));
        assertThat(session.certificateProblem()).isPresent();
        assertThat(session.isVerified()).isFalse();
        assertThat(send(session, "a\r\n")).isInstanceOf(TransactionResult.Accepted.class);
      }
    }
    assertThat(host.received()).hasSize(3).allMatch(ScriptedMailHost.Received::tls);
  }

  @Test
  void requiresAValidCertificateForTheHostsName(@TempDir Path folder) throws Exception {
    SelfSignedCertificate own = SelfSignedCertificate.of("mx.a.example", folder);
    assertThat(open(client, TlsPolicy.REQUIRED))
        .isInstanceOfSatisfying(
            Opening.Failed.class, failed -> assertThat(failed.stage()).isEqualTo(Stage.STARTTLS));
    host.startTls(own.context());
    assertThat(open(client, TlsPolicy.REQUIRED)).isInstanceOf(Opening.Failed.class);
    try (SmtpClient trusting = client(Duration.ofSeconds(10), Optional.of(own.pem()))) {
      for (int i = 0; i < 2; i++) {
        assertThat(open(trusting, TlsPolicy.REQUIRED))
            .isInstanceOfSatisfying(
                Opening.Ready.class, ready -> assertThat(ready.session().isVerified()).isTrue());
        assertThat(open(trusting, TlsPolicy.OPPORTUNISTIC))
            .isInstanceOfSatisfying(
                Opening.Ready.class, ready -> assertThat(ready.session().isVerified()).isTrue());
      }
      assertThat(
              trusting.open("other.example", host.address(), Optional.empty(), TlsPolicy.REQUIRED))
          .isInstanceOf(Opening.Failed.class);
    }
  }

  @Test
  void refusesWordsThatWereSentAheadOfTls(@TempDir Path folder) throws Exception {
    host.startTls(SelfSignedCertificate.of("mx.a.example", folder).context());
    host.always("STARTTLS", "220 go on\n250 injected");
    assertThat(open(client, TlsPolicy.OPPORTUNISTIC))
        .isInstanceOfSatisfying(
            Opening.Failed.class,
            failed -> assertThat(failed.reason()).contains("more than its reply to STARTTLS"));
  }
}

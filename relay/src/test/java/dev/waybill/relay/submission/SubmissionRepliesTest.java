package dev.waybill.relay.submission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.queue.HealthGate;
import dev.waybill.relay.testing.RawSmtpClient;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The table of replies that users rely on, line by line.
class SubmissionRepliesTest extends OneDoorForAll {
  private static final String MESSAGE = "From: app@example.org\r\n\r\nhello\r\n.\r\n";

  @Test
  void offersWhatIsThereNow() throws IOException {
    try (RawSmtpClient client = relay.connect()) {
      assertThat(client.reply()).isEqualTo("220 relay.test ESMTP Waybill");
      assertThat(client.ask("EHLO app.test").lines())
          .containsExactly(
              "250-relay.test",
              "250-PIPELINING",
              "250-SIZE 2097152",
              "250-8BITMIME",
              "250-SMTPUTF8",
              "250-CHUNKING",
              "250-DSN",
              "250-STARTTLS",
              "250-AUTH PLAIN LOGIN",
              "250 ENHANCEDSTATUSCODES");
      assertThat(client.ask("HELO app.test")).isEqualTo("250 relay.test");
    }
  }

  @Test
  void saysQueuedWithTheId() throws IOException {
    try (RawSmtpClient client = relay.authenticated()) {
      String reply = client.submit("bob@far.test", MESSAGE);
      assertThat(relay.accepted()).hasSize(1);
      assertThat(reply)
          .isEqualTo(
              "250 2.0.0 Queued as " + relay.accepted().getFirst().acceptance().facts().id());
      assertThat(relay.accepted().getFirst().text())
          .isEqualTo("From: app@example.org\r\n\r\nhello\r\n");
      assertThat(relay.counted("accepted")).isPositive();
      assertThat(client.ask("QUIT")).isEqualTo("221 2.0.0 Bye");
      assertThat(client.reply()).isEmpty();
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "From: a@other.test | 550 5.7.1 The From domain other.test is not verified; run: waybillctl"
            + " domains records other.test",
        "Subject: x | 550 5.6.0 There is no From field",
        "From: evil@x.test <a@example.org> | 550 5.6.0 The From field cannot be read: \"<\" behind"
            + " the address",
        "From: a@example.org, b@example.org | 550 5.6.0 The From field has 2 addresses (expected:"
            + " one, or a Sender field with one)",
        "X-Waybill-Stream: bulk | 550 5.6.0 There is no From field",
      })
  void refusesByTheHeader(String field, String expected) throws IOException {
    try (RawSmtpClient client = relay.authenticated()) {
      String reply = client.submit("bob@far.test", field + "\r\n\r\nhello\r\n.\r\n");
      assertThat(reply).isEqualTo(expected);
      assertThat(relay.accepted()).isEmpty();
      assertThat(client.submit("bob@far.test", MESSAGE)).startsWith("250 2.0.0 Queued as ");
    }
  }

  @Test
  void keepsQuotedInputOnOneCleanLine() throws IOException {
    try (RawSmtpClient client = relay.authenticated()) {
      String reply =
          client.submit(
              "bob@far.test",
              "From: a@example.org\r\nX-Waybill-Stream: b\u001b[31m\u00e4\r\n 250 ok"
                  + "x".repeat(2_000)
                  + "\r\n\r\n.\r\n");
      assertThat(reply).startsWith("550 5.6.0 X-Waybill-Stream: \"b?[31m").hasSizeLessThan(512);
      assertThat(reply).matches("[ -~]+");
      assertThat(client.ask("NOOP")).isEqualTo("250 2.0.0 OK");
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MAIL FROM:<a@b.test> | 530 5.7.0",
        "RCPT TO:<a@b.test> | 503 5.5.1",
        "DATA | 503 5.5.1",
        "BDAT 0 LAST | 503 5.5.1",
        "VRFY bob | 252 2.5.0",
        "EXPN list | 502 5.5.1",
        "NOOP anything | 250 2.0.0",
        "RSET | 250 2.0.0",
        "RSET now | 501 5.5.4",
        "HELP | 214 2.0.0",
        "noop | 250 2.0.0",
        "EHLO | 501 5.5.4",
        "EHLO two words | 501 5.5.4",
        "NONSENSE | 500 5.5.1",
        "MAILBOX FROM:<a@b.test> | 500 5.5.1",
        "STARTTLS now | 501 5.5.4",
        "QUIT now | 501 5.5.4",
      })
  void answersWithoutAuthentication(String command, String expected) throws IOException {
    try (RawSmtpClient client = relay.connect()) {
      client.reply();
      client.ask("EHLO app.test");
      assertThat(client.ask(command)).startsWith(expected);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "MAIL FROM:<> | 250 2.1.0",
        "mail from:<a@b.test> | 250 2.1.0",
        "MAIL FROM: <a@b.test> | 250 2.1.0",
        "MAIL FROM:<\"a>b\"@b.test> | 250 2.1.0",
        "MAIL FROM:<a@b.test> SIZE=100 BODY=8BITMIME SMTPUTF8 AUTH=<> | 250 2.1.0",
        "MAIL FROM:<a@b.test> SIZE=2097153 | 552 5.3.4",
        "MAIL FROM:<a@b.test> SIZE=2097153 BODY=8BITMIME | 552 5.3.4",
        "MAIL FROM:<a@b.test> SIZE=99999999999999999999999 | 552 5.3.4",
        "MAIL FROM:<a@b.test> SIZE=x | 501 5.5.4",
        "MAIL FROM:<a@b.test> SIZE=1 SIZE=1 | 501 5.5.4",
        "MAIL FROM:<a@b.test> BODY=BINARYMIME | 501 5.5.4",
        "MAIL FROM:<a@b.test> RET=FULL ENVID=QQ314159 | 250 2.1.0",
        "MAIL FROM:<a@b.test> RET=HALF | 501 5.5.4",
        "MAIL FROM:<a@b.test> RET | 501 5.5.4",
        "MAIL FROM:<a@b.test> ENVID= | 501 5.5.4",
        "MAIL FROM:<a@b.test> ENVID=a=b | 501 5.5.4",
        "MAIL FROM:<a@b.test> NOTIFY=NEVER | 555 5.5.4",
        "MAIL FROM:<a@b.test>SIZE=1 | 501 5.5.4",
        "MAIL FROM:a@b.test | 501 5.5.4",
        "MAIL | 501 5.5.4",
        "MAIL FROM:<a b@c.test> | 501 5.1.7",
        "MAIL FROM:<a> | 501 5.1.7",
        "MAIL FROM:<j\u00f6rg@b.test> | 500 5.5.2",
      })
  void answersMail(String command, String expected) throws IOException {
    try (RawSmtpClient client = relay.authenticated()) {
      assertThat(client.ask(command)).startsWith(expected);
    }
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "RCPT TO:<bob@far.test> | 250 2.1.5",
        "rcpt to:<bob@far.test> | 250 2.1.5",
        "RCPT TO:<> | 501 5.1.3",
        "RCPT TO:<postmaster> | 501 5.1.3",
        "RCPT TO:<@route.test:bob@far.test> | 501 5.1.3",
        "RCPT TO:<bob@far..test> | 501 5.1.3",
        "RCPT TO:<bob@[192.0.2.1]> | 501 5.1.3",
        "RCPT TO:<bob@far.test> NOTIFY=NEVER | 250 2.1.5",
        "RCPT TO:<bob@far.test> NOTIFY=success,delay ORCPT=rfc822;b+2Bob@near.test | 250 2.1.5",
        "RCPT TO:<bob@far.test> NOTIFY=NEVER,SUCCESS | 501 5.5.4",
        "RCPT TO:<bob@far.test> NOTIFY= | 501 5.5.4",
        "RCPT TO:<bob@far.test> NOTIFY=DELAY NOTIFY=DELAY | 501 5.5.4",
        "RCPT TO:<bob@far.test> ORCPT=bob@near.test | 501 5.5.4",
        "RCPT TO:<bob@far.test> RET=FULL | 555 5.5.4",
        "RCPT TO:bob@far.test | 501 5.5.4",
        "RCPT | 501 5.5.4",
      })
  void answersRecipients(String command, String expected) throws IOException {
    try (RawSmtpClient client = relay.authenticated()) {
      client.ask("MAIL FROM:<>");
      assertThat(client.ask(command)).startsWith(expected);
    }
  }

  @Test
  void needsSmtpUtf8ForInternationalAddresses() throws IOException {
    String jorg =
        new String(
            "j\u00f6rg@far.test".getBytes(StandardCharsets.UTF_8), StandardCharsets.ISO_8859_1);
    try (RawSmtpClient client = relay.authenticated()) {
      client.ask("MAIL FROM:<>");
      assertThat(client.ask("RCPT TO:<" + jorg + ">")).startsWith("553 5.6.7");
      client.ask("RSET");
      client.ask("MAIL FROM:<> SMTPUTF8");
      assertThat(client.ask("RCPT TO:<" + jorg + ">")).startsWith("250 2.1.5");
    }
  }

  @Test
  void turnsSurplusRecipientsAwayForNow() throws IOException {
    try (RawSmtpClient client = relay.authenticated()) {
      client.ask("MAIL FROM:<>");
      for (String name : List.of("a", "b", "c", "a")) {
        assertThat(client.ask("RCPT TO:<" + name + "@far.test>")).startsWith("250 2.1.5");
      }
      assertThat(client.ask("RCPT TO:<d@far.test>")).startsWith("452 4.5.3");
      client.ask("DATA");
      client.send(MESSAGE);
      assertThat(client.reply()).startsWith("250 2.0.0");
      assertThat(relay.accepted().getFirst().acceptance().recipients()).hasSize(3);
    }
  }

  @Test
  void wantsThingsInTheirOrder() throws IOException {
    try (RawSmtpClient client = relay.connect()) {
      client.reply();
      assertThat(client.ask("MAIL FROM:<>")).startsWith("503 5.5.1");
      assertThat(client.ask("AUTH PLAIN")).startsWith("503 5.5.1");
      client.ask("EHLO app.test");
      client.ask("AUTH PLAIN " + RawSmtpClient.plain(relay.token()));
      client.ask("MAIL FROM:<>");
      assertThat(client.ask("MAIL FROM:<>")).startsWith("503 5.5.1");
      assertThat(client.ask("DATA")).startsWith("503 5.5.1");
      assertThat(client.ask("AUTH PLAIN")).startsWith("503 5.5.1");
    }
  }

  @Test
  void turnsMailAwayWhenStorageIsInTrouble() throws IOException {
    try (RawSmtpClient client = relay.authenticated()) {
      relay.health(new HealthGate.State.Congested("full"));
      assertThat(client.ask("MAIL FROM:<>")).startsWith("452 4.3.1");
      relay.health(new HealthGate.State.Broken("gone"));
      assertThat(client.ask("MAIL FROM:<>")).startsWith("451 4.3.0");
      relay.health(new HealthGate.State.Open());
      client.begin("bob@far.test");
      relay.health(new HealthGate.State.Broken("gone"));
      client.send(MESSAGE);
      assertThat(client.reply()).startsWith("451 4.3.0");
      assertThat(relay.accepted()).isEmpty();
      assertThat(relay.counted("storage")).isEqualTo(1);
    }
  }

  @Test
  void takesNoArgumentForData() throws IOException {
    try (RawSmtpClient client = relay.authenticated()) {
      client.ask("MAIL FROM:<>");
      client.ask("RCPT TO:<bob@far.test>");
      assertThat(client.ask("DATA now")).startsWith("501 5.5.4");
    }
  }

  @Test
  void endsASessionThatOnlyMakesMistakes() throws IOException {
    try (RawSmtpClient client = relay.connect()) {
      client.reply();
      client.send("GET / HTTP/1.1\r\n".repeat(30));
      assertThat(client.repliesToTheEnd()).hasSize(21).last().asString().startsWith("421 4.7.0");
    }
  }
}

package dev.waybill.relay.submission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.testing.RawSmtpClient;
import dev.waybill.relay.testing.RunningSubmission;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class EncryptionTest {
  private static final String MESSAGE = "From: app@example.org\r\n\r\nhello\r\n.\r\n";

  @TempDir Path folder;

  @Test
  void encryptsBothWays() throws IOException {
    try (RunningSubmission relay = RunningSubmission.start(folder)) {
      try (RawSmtpClient client = relay.connect()) {
        client.reply();
        client.ask("EHLO app.test");
        assertThat(client.ask("STARTTLS")).startsWith("220 2.0.0");
        client.startTls();
        assertThat(client.ask("MAIL FROM:<>")).startsWith("503 5.5.1");
        client.ask("EHLO app.test");
        assertThat(client.ask("STARTTLS")).startsWith("503 5.5.1");
        client.ask("AUTH PLAIN " + RawSmtpClient.plain(relay.token()));
        assertThat(client.submit("bob@far.test", MESSAGE)).startsWith("250");
      }
      try (RawSmtpClient client = RawSmtpClient.connectTls(relay.server().tlsPort())) {
        client.authenticated(relay.token());
        assertThat(client.submit("bob@far.test", MESSAGE)).startsWith("250");
      }
      assertThat(relay.accepted())
          .hasSize(2)
          .allSatisfy(accepted ->
              assertThat(accepted.acceptance().facts().received())
                  .contains("([private]) by relay.test with ESMTPSA id "));
    }
  }

  @Test
  void runsNothingThatWasInjectedBehindStartTls() throws IOException {
    try (RunningSubmission relay = RunningSubmission.start(folder);
        RawSmtpClient client = relay.connect()) {
      client.reply();
      client.ask("EHLO app.test");
      client.send("STARTTLS\r\nNOOP injected\r\nMAIL FROM:<evil@example.org>\r\n");
      assertThat(client.repliesToTheEnd()).hasSize(1).first().asString().startsWith("503 5.5.1");
    }
  }

  @Test
  void plaintextInsteadOfAHandshakeEndsTheSession() throws IOException {
    try (RunningSubmission relay = RunningSubmission.start(folder);
        RawSmtpClient client = relay.connect()) {
      client.reply();
      client.ask("EHLO app.test");
      assertThat(client.ask("STARTTLS")).startsWith("220");
      client.send("NOOP injected\r\nNOOP injected\r\n");
      assertThat(client.repliesToTheEnd()).noneMatch(reply -> reply.startsWith("250"));
    }
  }

  @Test
  void forgetsAuthenticationAtStartTls() throws IOException {
    try (RunningSubmission relay = RunningSubmission.start(folder);
        RawSmtpClient client = relay.authenticated()) {
      client.ask("MAIL FROM:<>");
      client.ask("STARTTLS");
      client.startTls();
      client.ask("EHLO app.test");
      assertThat(client.ask("MAIL FROM:<>")).startsWith("530 5.7.0");
      assertThat(client.ask("AUTH PLAIN " + RawSmtpClient.plain(relay.token()))).startsWith("235");
    }
  }
}

package dev.waybill.relay.submission;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.message.TlsWish;
import dev.waybill.relay.testing.RawSmtpClient;
import dev.waybill.relay.testing.RunningSubmission;
import java.io.IOException;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// REQUIRETLS and TLS-Required in submitted mail (RFC 8689 §2, §4.1).
class RequireTlsParameterTest {
  @TempDir Path folder;

  private static TlsWish wish(RunningSubmission relay) {
    return relay.accepted().getLast().acceptance().facts().tlsWish();
  }

  private static String submitted(RawSmtpClient client, String mail, String fields)
      throws IOException {
    assertThat(client.ask("MAIL FROM:<app@example.org>" + mail)).startsWith("250");
    assertThat(client.ask("RCPT TO:<bob@far.test>")).startsWith("250");
    assertThat(client.ask("DATA")).startsWith("354");
    return client.ask("From: app@example.org\r\n" + fields + "\r\nhello\r\n.");
  }

  @Test
  void isOfferedUnderTlsOnly() throws IOException {
    try (RunningSubmission relay = RunningSubmission.start(folder)) {
      try (RawSmtpClient client = relay.authenticated()) {
        assertThat(client.ask("EHLO app.test")).doesNotContain("REQUIRETLS");
        assertThat(client.ask("MAIL FROM:<app@example.org> REQUIRETLS"))
            .startsWith("530 5.7.10 REQUIRETLS");
        client.ask("STARTTLS");
        client.startTls();
        assertThat(client.ask("EHLO app.test")).contains("250-REQUIRETLS\n");
      }
      try (RawSmtpClient client = RawSmtpClient.connectTls(relay.server().tlsPort())) {
        client.reply();
        assertThat(client.ask("EHLO app.test")).contains("250-REQUIRETLS\n");
      }
    }
  }

  @Test
  void isKeptWithTheMessageAndBeatsTheField() throws IOException {
    try (RunningSubmission relay = RunningSubmission.start(folder);
        RawSmtpClient client = RawSmtpClient.connectTls(relay.server().tlsPort())) {
      client.authenticated(relay.token());
      assertThat(submitted(client, " SIZE=100 requiretls", "")).startsWith("250");
      assertThat(wish(relay)).isEqualTo(TlsWish.REQUIRED);
      assertThat(submitted(client, " REQUIRETLS", "TLS-Required: No\r\n")).startsWith("250");
      assertThat(wish(relay)).isEqualTo(TlsWish.REQUIRED);
      assertThat(submitted(client, "", "tls-required: NO\r\n")).startsWith("250");
      assertThat(wish(relay)).isEqualTo(TlsWish.WAIVED);
      assertThat(relay.accepted().getLast().text()).contains("tls-required: NO\r\n");
      assertThat(submitted(client, "", "")).startsWith("250");
      assertThat(wish(relay)).isEqualTo(TlsWish.NONE);
    }
  }

  @Test
  void hasNoValueAndIsSaidOnce() throws IOException {
    try (RunningSubmission relay = RunningSubmission.start(folder);
        RawSmtpClient client = RawSmtpClient.connectTls(relay.server().tlsPort())) {
      client.authenticated(relay.token());
      assertThat(client.ask("MAIL FROM:<app@example.org> REQUIRETLS=yes"))
          .isEqualTo("501 5.5.4 REQUIRETLS=yes (expected: REQUIRETLS without a value)");
      assertThat(client.ask("MAIL FROM:<app@example.org> REQUIRETLS="))
          .startsWith("501 5.5.4 REQUIRETLS= ");
      assertThat(client.ask("MAIL FROM:<app@example.org> REQUIRETLS REQUIRETLS"))
          .startsWith("501 5.5.4");
      assertThat(client.ask("MAIL FROM:<app@example.org> REQUIRETLS")).startsWith("250");
    }
  }
}

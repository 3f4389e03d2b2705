package dev.waybill.relay.submission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.relay.clock.SystemClock;
import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.testing.RawSmtpClient;
import dev.waybill.relay.testing.RunningSubmission;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyStore;
import java.util.Base64;
import java.util.List;
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

  @Test
  void keepsItsOwnCertificate() throws Exception {
    DomainName name = DomainName.of("relay.test");
    TlsCertificates.selfSigned(folder, name, SystemClock.random());
    Path store = folder.resolve("submission-tls.p12");
    byte[] first = Files.readAllBytes(store);
    TlsCertificates.selfSigned(folder, name, SystemClock.random());

    assertThat(Files.readAllBytes(store)).isEqualTo(first);
    for (Path file : List.of(store, folder.resolve("submission-tls.password"))) {
      assertThat(PosixFilePermissions.toString(Files.getPosixFilePermissions(file)))
          .isEqualTo("rw-------");
    }
  }

  @Test
  void usesTheOperatorsCertificateAndSaysWhatIsWrongWithIt() throws Exception {
    Path chain = folder.resolve("chain.pem");
    Path key = folder.resolve("key.pem");
    exportPair(folder.resolve("one"), chain, key);
    assertThat(TlsCertificates.configured(chain, key)).isNotNull();

    Path otherKey = folder.resolve("other-key.pem");
    exportPair(folder.resolve("two"), folder.resolve("other-chain.pem"), otherKey);
    assertThatThrownBy(() -> TlsCertificates.configured(chain, otherKey))
        .hasMessageContaining("other-key.pem (expected: the key of the first certificate in");
    assertThatThrownBy(() -> TlsCertificates.configured(chain, chain))
        .hasMessageContaining("expected: a PKCS#8 key");
    assertThatThrownBy(() -> TlsCertificates.configured(key, key))
        .isInstanceOf(IllegalArgumentException.class);
  }

  private static void exportPair(Path folder, Path chain, Path key) throws Exception {
    TlsCertificates.selfSigned(folder, DomainName.of("relay.test"), SystemClock.random());
    char[] password = Files.readString(folder.resolve("submission-tls.password")).toCharArray();
    KeyStore store = KeyStore.getInstance(folder.resolve("submission-tls.p12").toFile(), password);
    Files.writeString(chain, pem("CERTIFICATE", store.getCertificate("waybill").getEncoded()));
    Files.writeString(key, pem("PRIVATE KEY", store.getKey("waybill", password).getEncoded()));
  }

  private static String pem(String kind, byte[] octets) {
    return "-----BEGIN %s-----\n%s\n-----END %s-----\n"
        .formatted(kind, Base64.getMimeEncoder().encodeToString(octets), kind);
  }
}

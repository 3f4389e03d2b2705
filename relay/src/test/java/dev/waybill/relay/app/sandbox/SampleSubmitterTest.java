package dev.waybill.relay.app.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.tls.ServerCertificate;
import jakarta.mail.MessagingException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.subethamail.smtp.auth.EasyAuthenticationHandlerFactory;
import org.subethamail.smtp.auth.LoginFailedException;
import org.subethamail.smtp.server.SMTPServer;

class SampleSubmitterTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");

  private record Submitted(String from, String to, byte[] content) {}

  @TempDir private static Path folder;

  private static ServerCertificate tls;

  private final List<Submitted> submitted = new ArrayList<>();
  private SMTPServer server;

  @BeforeAll
  static void makeCertificate() throws IOException {
    tls = SandboxMailHost.certificate(folder);
  }

  @BeforeEach
  void start() {
    server =
        SMTPServer.port(0)
            .bindAddress(InetAddress.ofLiteral("127.0.0.1"))
            .hostName("relay.sandbox.test")
            .insertReceivedHeaders(false)
            .maxMessageSize(1 << 20)
            .requireTLS()
            .requireAuth(true)
            .startTlsSocketFactory(this::secured)
            .authenticationHandlerFactory(
                new EasyAuthenticationHandlerFactory((user, password, _) -> {
                  if (!user.equals("waybill") || !password.equals("key")) {
                    throw new LoginFailedException();
                  }
                }))
            .messageHandler((_, from, to, data) -> {
              submitted.add(new Submitted(from, to, data));
            })
            .build();
    server.start();
  }

  @AfterEach
  void stop() {
    server.stop();
  }

  @Test
  void submitsTheSamplesByteForByte() throws Exception {
    List<SampleMessages.Sample> samples = SampleMessages.all(NOW);

    submitter("key", tls).submit(samples);

    assertThat(submitted)
        .extracting(Submitted::from)
        .containsExactly("hello@sandbox.example", "news@sandbox.example");
    for (int i = 0; i < samples.size(); i++) {
      assertThat(submitted.get(i).to()).isEqualTo(samples.get(i).recipient().toString());
      assertThat(submitted.get(i).content()).isEqualTo(samples.get(i).content());
    }
  }

  @Test
  void failsWhenTheKeyIsRefused() {
    assertThatThrownBy(() -> submitter("wrong", tls).submit(SampleMessages.all(NOW)))
        .isInstanceOf(MessagingException.class);
    assertThat(submitted).isEmpty();
  }

  @Test
  void givesNoPasswordToAServerWithAnotherCertificate() throws IOException {
    ServerCertificate other =
        SandboxMailHost.certificate(Files.createDirectory(folder.resolve("other")));

    assertThatThrownBy(() -> submitter("key", other).submit(SampleMessages.all(NOW)))
        .isInstanceOf(MessagingException.class);
    assertThat(submitted).isEmpty();
  }

  @Test
  void samplesAreWholeMessages() {
    List<SampleMessages.Sample> samples = SampleMessages.all(NOW);

    assertThat(samples).hasSize(2);
    assertThat(samples)
        .allSatisfy(sample -> {
          HeaderBlock header = HeaderBlock.parse(sample.content());
          assertThat(header.malformedAt()).isEqualTo(-1);
          assertThat(header.value("Date")).contains("Sat, 21 Nov 2026 10:00:00 +0000");
          assertThat(header.value("From").orElseThrow()).contains("@sandbox.example>");
          MailView view = MailView.of(sample.content());
          assertThat(view.html()).isPresent();
          assertThat(view.text()).isPresent();
          assertThat(new String(sample.content(), StandardCharsets.US_ASCII).lines())
              .allSatisfy(line -> assertThat(line).hasSizeLessThan(990));
        });
    assertThat(HeaderBlock.parse(samples.getFirst().content()).value("X-Waybill-Stream"))
        .contains("transactional");
    assertThat(HeaderBlock.parse(samples.getLast().content()).value("X-Waybill-Stream"))
        .contains("marketing");
  }

  @Test
  void keepsItsCertificate() throws IOException {
    assertThat(SandboxMailHost.certificate(folder).shown()).isEqualTo(tls.shown());
  }

  private SampleSubmitter submitter(String password, ServerCertificate trusted) {
    return new SampleSubmitter(
        new InetSocketAddress(InetAddress.ofLiteral("127.0.0.1"), server.getPortAllocated()),
        "waybill",
        password,
        trusted.shown());
  }

  private SSLSocket secured(Socket socket) throws IOException {
    SSLSocket secured =
        (SSLSocket)
            tls.context()
                .getSocketFactory()
                .createSocket(socket, "127.0.0.1", socket.getPort(), true);
    secured.setUseClientMode(false);
    return secured;
  }
}

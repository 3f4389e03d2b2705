package dev.waybill.relay.submission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.waybill.relay.smtp.IpNetwork;
import dev.waybill.relay.testing.RawSmtpClient;
import dev.waybill.relay.testing.RunningSubmission;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HexFormat;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Behind a load balancer: the PROXY protocol, as its specification of 2020/03/05 has it.
class LoadBalancerTest {
  private static final String MESSAGE = "From: app@example.org\r\n\r\nhello\r\n.\r\n";
  private static final String LINE = "PROXY TCP4 192.0.2.7 198.51.100.1 51234 587\r\n";
  private static final byte[] SIGNATURE = HexFormat.of().parseHex("0d0a0d0a000d0a515549540a");

  @TempDir Path folder;
  private RunningSubmission relay;

  @BeforeEach
  void start() throws IOException {
    relay = start(List.of(IpNetwork.parse("127.0.0.0/8").orElseThrow()));
  }

  @AfterEach
  void stop() {
    relay.close();
  }

  @Test
  void servesTheClientThatTheLineNames() throws IOException {
    try (RawSmtpClient client = relay.connect()) {
      client.send(LINE + "EHLO app.test\r\n");
      assertThat(client.reply()).startsWith("220 ");
      assertThat(client.reply()).startsWith("250-");
      assertThat(client.submit("bob@far.test", MESSAGE)).startsWith("250 ");
    }
    assertThat(relay.accepted().getFirst().acceptance().facts().received()).contains("192.0.2.7");
  }

  @Test
  void readsTheHeaderHoweverItIsCut() throws IOException {
    for (byte[] header : List.of(LINE.getBytes(StandardCharsets.US_ASCII), binary())) {
      try (RawSmtpClient client = relay.connect()) {
        for (byte octet : header) {
          client.send(new byte[] {octet});
        }
        assertThat(client.reply()).startsWith("220 ");
        assertThat(client.ask("EHLO app.test")).startsWith("250-");
        assertThat(client.ask("MAIL FROM:<app@example.org>")).startsWith("250 ");
      }
    }
  }

  @Test
  void servesTheClientOfABinaryHeaderInsideTls() throws IOException {
    try (RawSmtpClient client = RawSmtpClient.connect(relay.server().tlsPort())) {
      client.send(binary());
      client.startTls();
      assertThat(client.reply()).startsWith("220 ");
      assertThat(client.ask("EHLO app.test")).startsWith("250-");
      assertThat(client.submit("bob@far.test", MESSAGE)).startsWith("250 ");
    }
    assertThat(relay.accepted().getFirst().acceptance().facts().received())
        .contains("[IPv6:2001:db8:0:0:0:0:0:7]");
  }

  @Test
  void takesABalancerThatSpeaksForItselfAsWhatItIs() throws IOException {
    byte[] local = ByteBuffer.allocate(16).put(SIGNATURE).put((byte) 0x20).array();
    for (byte[] header : List.of("PROXY UNKNOWN\r\n".getBytes(StandardCharsets.US_ASCII), local)) {
      try (RawSmtpClient client = relay.connect()) {
        client.send(header);
        assertThat(client.reply()).startsWith("220 ");
        assertThat(client.ask("EHLO probe.test")).startsWith("250-");
        assertThat(client.ask("MAIL FROM:<app@example.org>")).startsWith("530 ");
      }
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "EHLO app.test\r\nMAIL FROM:<app@example.org>\r\n",
        "PROXY TCP4 192.0.2.300 198.51.100.1 51234 587\r\n",
        "PROXY TCP4 192.0.2.7\r\nEHLO app.test\r\n",
        "PROXY TCP4 relay.test 198.51.100.1 51234 587\r\n",
        "PROXY TCP4 192.0.2.7 198.51.100.1 51234 587\nEHLO app.test\r\n",
        "proxy tcp4 192.0.2.7 198.51.100.1 51234 587\r\n",
        "PROXY UNIX /run/a /run/b 1 2\r\n",
        "\r\n\r\n\0\r\nQUIT\n\u0021\u0011\u0000\u0004abcd",
        "\r\n\r\n\0\r\nQUIT\n\u0011\u0011\u0000\u000cabcdefghijkl",
        "\r\n\r\n\0\r\nQUIT\n\u0021\u0011\u00ff\u00ffabcdefghijkl"
      })
  void servesNobodyWithoutAHeaderThatMakesSense(String instead) throws IOException {
    try (RawSmtpClient client = relay.connect()) {
      client.send(instead + "x".repeat(200));
      await().atMost(10, TimeUnit.SECONDS).until(() -> relay.connections() == 0);
      assertThat(heard(client)).isEmpty();
    }
  }

  @Test
  void takesTheHeaderFromNamedNetworksOnly() throws IOException {
    try (RunningSubmission direct = start(List.of());
        RawSmtpClient client = direct.connect()) {
      assertThat(client.reply()).startsWith("220 ");
      assertThat(client.ask(LINE.strip())).startsWith("500 ");
      assertThat(client.ask("EHLO app.test")).startsWith("250-");
      assertThat(client.ask("MAIL FROM:<app@example.org>")).startsWith("530 ");
    }
  }

  @Test
  void limitsClientsAndNotTheirBalancer() throws IOException {
    try (RawSmtpClient first = relay.connect();
        RawSmtpClient second = relay.connect();
        RawSmtpClient third = relay.connect();
        RawSmtpClient other = relay.connect()) {
      first.send(LINE);
      assertThat(first.reply()).startsWith("220 ");
      second.send(LINE);
      assertThat(second.reply()).startsWith("220 ");
      third.send(LINE);
      assertThat(third.reply()).startsWith("421 4.3.2");
      other.send("PROXY TCP4 192.0.2.8 198.51.100.1 51234 587\r\n");
      assertThat(other.reply()).startsWith("220 ");
      first.ask("QUIT");
      await().atMost(10, TimeUnit.SECONDS).until(() -> relay.connections() == 2);
      try (RawSmtpClient next = relay.connect()) {
        next.send(LINE);
        assertThat(next.reply()).startsWith("220 ");
      }
    }
  }

  private RunningSubmission start(List<IpNetwork> balancers) throws IOException {
    return RunningSubmission.start(
        folder,
        settings ->
            RunningSubmission.withNetworks(
                RunningSubmission.with(
                    settings, RunningSubmission.limits(20, 2, 10_000), settings.timeouts()),
                new SubmissionSettings.Networks(
                    List.of(),
                    List.of(
                        IpNetwork.parse("192.0.2.0/24").orElseThrow(),
                        IpNetwork.parse("2001:db8::/32").orElseThrow()),
                    balancers)));
  }

  /// TCP over IPv6 from 2001:db8::7, with a TLV that says nothing (PP2_TYPE_NOOP).
  private static byte[] binary() throws IOException {
    ByteArrayOutputStream header = new ByteArrayOutputStream();
    header.write(SIGNATURE);
    header.write(new byte[] {0x21, 0x21, 0, 36 + 5});
    header.write(InetAddress.ofLiteral("2001:db8::7").getAddress());
    header.write(InetAddress.ofLiteral("2001:db8::1").getAddress());
    header.write(new byte[] {0x12, 0x34, 0x02, 0x4B});
    header.write(new byte[] {0x04, 0, 2, 0, 0});
    return header.toByteArray();
  }

  /// What came before the connection ended, if only by a reset.
  private static List<String> heard(RawSmtpClient client) {
    try {
      return client.repliesToTheEnd();
    } catch (IOException reset) {
      return List.of();
    }
  }
}

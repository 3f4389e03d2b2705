package dev.waybill.relay.submission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.waybill.relay.testing.RawSmtpClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// Messages that come in chunks (RFC 3030): all of one or nothing, and never a command out of it.
class ChunkingTest extends OneDoorForAll {
  private static final String HEADER = "From: app@example.org\r\n\r\n";
  private static final String MESSAGE = HEADER + "hello\r\n";

  @Test
  void isOffered() throws IOException {
    try (RawSmtpClient client = relay.connect()) {
      assertThat(client.reply()).startsWith("220");
      assertThat(client.ask("EHLO app.example.org")).contains("250-CHUNKING");
    }
  }

  @Test
  void oneChunkIsAMessage() throws IOException {
    try (RawSmtpClient client = ready()) {
      assertThat(last(client, MESSAGE)).startsWith("250 2.0.0 Queued as ");
      assertThat(relay.accepted().getFirst().text()).isEqualTo(MESSAGE);
      assertThat(client.ask("BDAT 0 LAST")).isEqualTo("503 5.5.1 Say MAIL FROM first");
    }
  }

  @Test
  void dotsAreText() throws IOException {
    String dots = HEADER + ".\r\n..\r\n\r\n.\r\nMAIL FROM:<eve@example.org>\r\n";
    try (RawSmtpClient client = ready()) {
      assertThat(last(client, dots)).startsWith("250");
      assertThat(relay.accepted().getFirst().text()).isEqualTo(dots);
    }
  }

  @Test
  void aWholeTransactionMayBePipelined() throws IOException {
    try (RawSmtpClient client = relay.authenticated()) {
      client.send(
          "MAIL FROM:<app@example.org>\r\nRCPT TO:<bob@far.test>\r\nBDAT %d\r\n%sBDAT 7 LAST\r\nhello\r\nNOOP\r\n"
              .formatted(HEADER.length(), HEADER));
      assertThat(client.reply()).startsWith("250 2.1.0");
      assertThat(client.reply()).startsWith("250 2.1.5");
      assertThat(client.reply())
          .isEqualTo("250 2.0.0 %d octets received".formatted(HEADER.length()));
      assertThat(client.reply()).startsWith("250 2.0.0 Queued as ");
      assertThat(client.reply()).isEqualTo("250 2.0.0 OK");
      assertThat(relay.accepted().getFirst().text()).isEqualTo(MESSAGE);
    }
  }

  @Test
  void arrivesIdenticalHoweverItIsCut() throws IOException {
    Random random = new Random(11);
    for (int round = 0; round < 20; round++) {
      byte[] content = lines(random);
      try (RawSmtpClient client = ready()) {
        int from = 0;
        while (from < content.length) {
          int length = Math.min(content.length - from, 1 + random.nextInt(40_000));
          boolean end = from + length == content.length && random.nextBoolean();
          client.send("BDAT " + length + (end ? " LAST\r\n" : "\r\n"));
          int half = length / 2;
          client.send(Arrays.copyOfRange(content, from, from + half));
          client.send(Arrays.copyOfRange(content, from + half, from + length));
          from += length;
          assertThat(client.reply()).startsWith(end ? "250 2.0.0 Queued" : "250 2.0.0 " + length);
          if (!end && from == content.length) {
            assertThat(client.ask("BDAT 0 LAST")).startsWith("250 2.0.0 Queued");
          }
        }
      }
      assertThat(relay.accepted().getLast().content()).isEqualTo(content);
    }
  }

  /// What DATA could not have brought either is completed, since the next host may want DATA.
  @Test
  void theLastLineGetsAnEnd() throws IOException {
    try (RawSmtpClient client = ready()) {
      assertThat(last(client, HEADER + "no end")).startsWith("250");
      assertThat(relay.accepted().getFirst().text()).isEqualTo(HEADER + "no end\r\n");
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"a\nb\r\n", "a\rb\r\n", "a\0b\r\n", "a\r", "\n.\r\n", "\r\n.\n", "a\r\r\n"})
  void whatIsNoLineRefusesTheMessageAtItsEnd(String text) throws IOException {
    try (RawSmtpClient client = ready()) {
      assertThat(last(client, HEADER + text)).startsWith("550 5.5.2 The message has ");
      assertThat(client.ask("NOOP")).isEqualTo("250 2.0.0 OK");
      assertThat(relay.accepted()).isEmpty();
    }
  }

  @Test
  void aLineEndMayBeCutInTwo() throws IOException {
    try (RawSmtpClient client = ready()) {
      assertThat(chunk(client, HEADER + "hello\r")).startsWith("250 2.0.0");
      assertThat(last(client, "\n")).startsWith("250 2.0.0 Queued");
      assertThat(relay.accepted().getFirst().text()).isEqualTo(MESSAGE);
    }
  }

  @Test
  void octetsOfAnUnwelcomeChunkAreNoCommands() throws IOException {
    String evil = "MAIL FROM:<eve@example.org>\r\nRCPT TO:<bob@far.test>\r\n";
    try (RawSmtpClient client = relay.authenticated()) {
      assertThat(last(client, evil)).isEqualTo("503 5.5.1 Say MAIL FROM first");
      assertThat(client.ask("MAIL FROM:<app@example.org>")).startsWith("250");
      assertThat(last(client, evil)).isEqualTo("503 5.5.1 No valid recipient yet");
      assertThat(client.ask("NOOP")).isEqualTo("250 2.0.0 OK");
      assertThat(relay.accepted()).isEmpty();
    }
  }

  @Test
  void dataAndRecipientsDoNotMixWithChunks() throws IOException {
    try (RawSmtpClient client = ready()) {
      assertThat(chunk(client, HEADER)).startsWith("250");
      assertThat(client.ask("DATA")).startsWith("503 5.5.1 The message has begun with BDAT");
      assertThat(client.ask("RCPT TO:<eve@far.test>")).startsWith("503 5.5.1");
      assertThat(client.ask("MAIL FROM:<app@example.org>")).startsWith("503 5.5.1");
      assertThat(last(client, "hello\r\n")).startsWith("250 2.0.0 Queued");
      assertThat(relay.accepted().getFirst().text()).isEqualTo(MESSAGE);
    }
  }

  @Test
  void rsetForgetsTheChunks() throws IOException {
    try (RawSmtpClient client = ready()) {
      assertThat(chunk(client, "X".repeat(1_500_000))).startsWith("250");
      assertThat(relay.spooled()).isEqualTo(1);
      assertThat(client.ask("RSET")).isEqualTo("250 2.0.0 OK");
      assertThat(relay.spooled()).isZero();
      client.ask("MAIL FROM:<app@example.org>");
      client.ask("RCPT TO:<bob@far.test>");
      assertThat(last(client, MESSAGE)).startsWith("250 2.0.0 Queued");
      assertThat(relay.accepted().getFirst().text()).isEqualTo(MESSAGE);
    }
  }

  @Test
  void aMessageThatGrowsTooLargeFailsAtItsChunk() throws IOException {
    String half = "x".repeat(1_100_000);
    try (RawSmtpClient client = ready()) {
      assertThat(chunk(client, HEADER + half)).startsWith("250");
      assertThat(chunk(client, half)).startsWith("552 5.3.4");
      assertThat(last(client, "MAIL FROM:<eve@example.org>\r\n"))
          .startsWith("503 5.5.1 An earlier");
      assertThat(client.ask("RSET")).startsWith("250");
      assertThat(relay.accepted()).isEmpty();
      assertThat(relay.spooled()).isZero();
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "BDAT",
        "BDAT x",
        "BDAT -1 LAST",
        "BDAT 5 FIRST",
        "BDAT 5LAST",
        "BDAT 1234567890123456789"
      })
  void endsWhereNobodyKnowsHowManyOctetsFollow(String command) throws IOException {
    try (RawSmtpClient client = ready()) {
      client.send(command + "\r\nQUIT\r\n");
      assertThat(client.repliesToTheEnd()).singleElement().asString().startsWith("501 5.5.4");
    }
  }

  @Test
  void endsRatherThanReadMuchMoreThanAMessageMayHave() throws IOException {
    try (RawSmtpClient client = ready()) {
      client.send("BDAT 999999999999\r\nx");
      assertThat(client.repliesToTheEnd()).singleElement().asString().startsWith("552 5.3.4");
    }
  }

  @Test
  void aMessageThatIsCutIsNone() throws IOException {
    try (RawSmtpClient client = ready()) {
      client.send("BDAT 2000000 LAST\r\n" + HEADER + "x".repeat(1_200_000));
    }
    await().untilAsserted(() -> assertThat(relay.spooled()).isZero());
    try (RawSmtpClient client = ready()) {
      assertThat(chunk(client, MESSAGE)).startsWith("250");
    }
    assertThat(relay.accepted()).isEmpty();
  }

  private RawSmtpClient ready() throws IOException {
    RawSmtpClient client = relay.authenticated();
    assertThat(client.ask("MAIL FROM:<app@example.org>")).startsWith("250");
    assertThat(client.ask("RCPT TO:<bob@far.test>")).startsWith("250");
    return client;
  }

  private static String chunk(RawSmtpClient client, String octets) throws IOException {
    client.send("BDAT %d\r\n%s".formatted(octets.length(), octets));
    return client.reply();
  }

  private static String last(RawSmtpClient client, String octets) throws IOException {
    client.send("BDAT %d LAST\r\n%s".formatted(octets.length(), octets));
    return client.reply();
  }

  private static byte[] lines(Random random) {
    ByteArrayOutputStream content = new ByteArrayOutputStream();
    content.writeBytes(HEADER.getBytes(StandardCharsets.US_ASCII));
    for (int line = random.nextInt(40); line >= 0; line--) {
      byte[] text = new byte[random.nextInt(5_000)];
      random.nextBytes(text);
      for (int i = 0; i < text.length; i++) {
        if (text[i] == 0 || text[i] == '\r' || text[i] == '\n') {
          text[i] = '.';
        }
      }
      content.writeBytes(text);
      content.writeBytes(new byte[] {'\r', '\n'});
    }
    return content.toByteArray();
  }
}

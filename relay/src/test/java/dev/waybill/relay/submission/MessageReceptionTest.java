package dev.waybill.relay.submission;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import dev.waybill.relay.queue.SubmittedBody;
import dev.waybill.relay.storage.StorageException;
import dev.waybill.relay.testing.RawSmtpClient;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What arrives is what was sent, or nothing is.
class MessageReceptionTest extends OneDoorForAll {
  private static final String HEADER = "From: app@example.org\r\n\r\n";
  private static final String MESSAGE = HEADER + "hello\r\n.\r\n";

  /// Each of these ends a message for some server somewhere; here it ends nothing, and the command
  /// that follows it is never run.
  @ParameterizedTest
  @ValueSource(
      strings = {
        "\n.\n",
        "\n.\r\n",
        "\r\n.\n",
        "\r\n.\r",
        "\r.\r",
        "\r.\r\n",
        "\r\n\0.\r\n",
        "\r\n.\r\r\n",
        "\r\r\n.\r\r\n",
        "\r\n.\0\r\n",
        "\n\n.\r\n",
        "\r\n\r.\r\n",
      })
  void nothingButTheTrueEndEndsAMessage(String fakeEnd) throws IOException {
    try (RawSmtpClient client = relay.authenticated()) {
      String reply =
          client.submit(
              "bob@far.test",
              HEADER
                  + "first"
                  + fakeEnd
                  + "MAIL FROM:<evil@example.org>\r\nRCPT TO:<eve@far.test>\r\nDATA\r\n"
                  + MESSAGE);
      assertThat(reply).startsWith("550 5.5.2 The message has ");
      assertThat(client.ask("NOOP again")).isEqualTo("250 2.0.0 OK");
      assertThat(relay.accepted()).isEmpty();
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"\r\n. \r\n", "\r\n..\r\n", "\r\n.x\r\n", "\u0085.\u0085"})
  void harmlessDotsAreJustText(String text) throws IOException {
    try (RawSmtpClient client = relay.authenticated()) {
      assertThat(client.submit("bob@far.test", HEADER + "a" + text + "b\r\n.\r\n"))
          .startsWith("250");
      assertThat(relay.accepted().getFirst().text())
          .isEqualTo(HEADER + "a" + text.replace("\r\n.", "\r\n") + "b\r\n");
    }
  }

  @Test
  void takesStuffedDotsOutOfTheFirstLineToo() throws IOException {
    try (RawSmtpClient client = relay.authenticated()) {
      client.submit("bob@far.test", "..x: y\r\n.\r\n");
      client.submit("bob@far.test", HEADER + "..\r\n...\r\n.\r\n");
      assertThat(relay.accepted().getFirst().text()).isEqualTo(HEADER + ".\r\n..\r\n");
      assertThat(client.submit("bob@far.test", ".\r\n")).startsWith("550 5.6.0 There is no From");
    }
  }

  /// A whole session, commands and message, in writes of that many octets, each reply waited for
  /// only where its command asks for it.
  @ParameterizedTest
  @ValueSource(ints = {1, 7, 65_536})
  void understandsASessionHoweverItsOctetsAreCut(int size) throws IOException {
    String body = HEADER + ("x".repeat(996) + "\r\n..\r\n").repeat(size == 65_536 ? 300 : 3);
    String session =
        "MAIL FROM:<app@example.org>\r\nRCPT TO:<bob@far.test>\r\nDATA\r\n"
            + body
            + ".\r\nMAIL FROM:<>\r\nRCPT TO:<ann@far.test>\r\nBDAT "
            + HEADER.length()
            + " LAST\r\n"
            + HEADER
            + "NOOP\r\nQUIT\r\n";
    byte[] octets = session.getBytes(StandardCharsets.US_ASCII);
    try (RawSmtpClient client = relay.authenticated()) {
      CompletableFuture<List<String>> replies =
          CompletableFuture.supplyAsync(() -> {
            try {
              return client.repliesToTheEnd();
            } catch (IOException failure) {
              throw new UncheckedIOException(failure);
            }
          });
      for (int from = 0; from < octets.length; from += size) {
        client.send(Arrays.copyOfRange(octets, from, Math.min(octets.length, from + size)));
      }
      assertThat(replies.join())
          .extracting(reply -> reply.substring(0, 3))
          .containsExactly("250", "250", "354", "250", "250", "250", "250", "250", "221");
    }
    assertThat(relay.accepted()).hasSize(2);
    assertThat(relay.accepted().getFirst().text()).isEqualTo(body.replace("\r\n..", "\r\n."));
    assertThat(relay.accepted().getLast().text()).isEqualTo(HEADER);
  }

  @Test
  void arrivesIdenticalInAnyPiecesAndFromAnyPlace() throws IOException {
    Random random = new Random(7);
    for (int round = 0; round < 30; round++) {
      ByteArrayOutputStream content = new ByteArrayOutputStream();
      ByteArrayOutputStream stuffed = new ByteArrayOutputStream();
      content.writeBytes(HEADER.getBytes(StandardCharsets.US_ASCII));
      stuffed.writeBytes(HEADER.getBytes(StandardCharsets.US_ASCII));
      for (int line = random.nextInt(60); line > 0; line--) {
        byte[] text = new byte[random.nextInt(3) == 0 ? 0 : random.nextInt(1_500)];
        for (int i = 0; i < text.length; i++) {
          int octet = 1 + random.nextInt(255);
          text[i] = (byte) (octet == '\r' || octet == '\n' || i < 2 ? '.' : octet);
        }
        if (text.length > 0) {
          stuffed.write('.');
        }
        for (ByteArrayOutputStream out : new ByteArrayOutputStream[] {content, stuffed}) {
          out.writeBytes(text);
          out.writeBytes(new byte[] {'\r', '\n'});
        }
      }
      stuffed.writeBytes(".\r\n".getBytes(StandardCharsets.US_ASCII));
      try (RawSmtpClient client = relay.authenticated()) {
        client.begin("bob@far.test");
        byte[] octets = stuffed.toByteArray();
        for (int from = 0; from < octets.length; ) {
          int length = Math.min(octets.length - from, 1 + random.nextInt(20_000));
          client.send(Arrays.copyOfRange(octets, from, from + length));
          from += length;
        }
        assertThat(client.reply()).startsWith("250");
      }
      assertThat(relay.accepted().getLast().content()).isEqualTo(content.toByteArray());
    }
  }

  @Test
  void takesAWholeTransactionInOneWriteAndInSingleOctets() throws IOException {
    String session =
        "MAIL FROM:<>\r\nRCPT TO:<bob@far.test>\r\nDATA\r\n"
            + MESSAGE
            + "MAIL FROM:<>\r\nRCPT TO:<eve@far.test>\r\nDATA\r\n"
            + MESSAGE
            + "QUIT\r\n";
    try (RawSmtpClient client = relay.authenticated()) {
      client.send(session);
      assertThat(client.repliesToTheEnd())
          .hasSize(9)
          .extracting(reply -> reply.substring(0, 3))
          .containsExactly("250", "250", "354", "250", "250", "250", "354", "250", "221");
    }
    try (RawSmtpClient client = relay.authenticated()) {
      for (char octet : session.toCharArray()) {
        client.send(String.valueOf(octet));
      }
      assertThat(client.repliesToTheEnd()).hasSize(9).last().isEqualTo("221 2.0.0 Bye");
    }
    assertThat(relay.accepted()).hasSize(4);
  }

  @Test
  void refusalsRunNothingOfTheBody() throws IOException {
    String body = "Subject: x\r\n\r\nRSET\r\nNOOP\r\nMAIL FROM:<>\r\nQUIT\r\n.\r\n";
    try (RawSmtpClient client = relay.authenticated()) {
      assertThat(client.submit("bob@far.test", body)).startsWith("550 5.6.0");
      assertThat(client.ask("DATA")).startsWith("503 5.5.1");
      assertThat(client.ask("NOOP")).startsWith("250");
    }
  }

  @Test
  void spillsLargeMessagesToDiskAndCleansUp() throws IOException {
    StringBuilder large = new StringBuilder(HEADER);
    while (large.length() < 1_900_000) {
      large.append("0123456789".repeat(7)).append("\r\n");
    }
    CompletableFuture<SubmittedBody> seen = new CompletableFuture<>();
    relay.acceptor(acceptance -> {
      seen.complete(acceptance.body());
      return CompletableFuture.completedFuture(null);
    });
    try (RawSmtpClient client = relay.authenticated()) {
      assertThat(client.submit("bob@far.test", large + ".\r\n")).startsWith("250");
      assertThat(seen.join())
          .isInstanceOfSatisfying(
              SubmittedBody.OnDisk.class, body -> assertThat(body.file()).doesNotExist());
      assertThat(relay.accepted().getFirst().text()).isEqualTo(large.toString());
      relay.acceptor(
          _ -> CompletableFuture.failedFuture(new StorageException("no", new IOException())));
      assertThat(client.submit("bob@far.test", large + ".\r\n")).startsWith("451 4.3.0");
      assertThat(relay.spooled()).isZero();
    }
  }

  @Test
  void drainsWhatIsTooLargeAndGoesOn() throws IOException {
    try (RawSmtpClient client = relay.authenticated()) {
      String large = HEADER + ("x".repeat(998) + "\r\n").repeat(2_200);
      assertThat(client.submit("bob@far.test", large + ".\r\n")).startsWith("552 5.3.4");
      assertThat(client.ask("NOOP")).startsWith("250");
      assertThat(client.submit("bob@far.test", MESSAGE)).startsWith("250");
      assertThat(relay.spooled()).isZero();
    }
  }

  @Test
  void endsTheSessionOfAFlood() throws IOException {
    try (RawSmtpClient client = relay.authenticated()) {
      String flood = HEADER + ("x".repeat(998) + "\r\n").repeat(4_300);
      assertThat(client.submit("bob@far.test", flood)).startsWith("552 5.3.4");
      assertThat(client.reply()).isEmpty();
    }
    await().atMost(10, TimeUnit.SECONDS).until(() -> relay.connections() == 0);
  }

  @Test
  void neverSays250ForWhatWasNotStored() throws IOException {
    try (RawSmtpClient client = relay.authenticated()) {
      relay.acceptor(
          _ -> CompletableFuture.failedFuture(new StorageException("disk", new IOException())));
      assertThat(client.submit("bob@far.test", MESSAGE)).startsWith("451 4.3.0");
      relay.acceptor(_ -> CompletableFuture.failedFuture(new IllegalStateException("ours")));
      assertThat(client.submit("bob@far.test", MESSAGE)).startsWith("451 4.3.0");
      relay.acceptor(_ -> {
        throw new IllegalStateException("ours");
      });
      assertThat(client.submit("bob@far.test", MESSAGE)).startsWith("451 4.3.0");
      assertThat(relay.accepted()).isEmpty();
    }
  }

  @Test
  void waitsForStorageBeforeItSays250() throws IOException {
    CompletableFuture<Void> stored = new CompletableFuture<>();
    CompletableFuture<Void> asked = new CompletableFuture<>();
    relay.acceptor(_ -> {
      asked.complete(null);
      return stored;
    });
    try (RawSmtpClient client = relay.authenticated()) {
      client.begin("bob@far.test");
      client.send(MESSAGE);
      asked.join();
      assertThat(relay.accepted()).isEmpty();
      stored.complete(null);
      assertThat(client.reply()).startsWith("250 2.0.0 Queued as ");
    }
  }

  @Test
  void aMessageThatWasCutIsNoMessage() throws IOException {
    double before = relay.counted("aborted");
    try (RawSmtpClient client = relay.authenticated()) {
      client.begin("bob@far.test");
      client.send(HEADER + "half\r\n.");
    }
    await().atMost(10, TimeUnit.SECONDS).until(() -> relay.counted("aborted") == before + 1);
    assertThat(relay.accepted()).isEmpty();
  }

  @Test
  void notesEightBitOctets() throws IOException {
    try (RawSmtpClient client = relay.authenticated()) {
      client.submit("bob@far.test", MESSAGE);
      client.submit("bob@far.test", HEADER + "\u00e4\r\n.\r\n");
      assertThat(relay.accepted())
          .extracting(accepted -> accepted.acceptance().facts().eightBit())
          .containsExactly(false, true);
    }
  }
}

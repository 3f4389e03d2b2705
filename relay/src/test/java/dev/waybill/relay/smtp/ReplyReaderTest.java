package dev.waybill.relay.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a host may send, and what it may not.
class ReplyReaderTest {
  private static Reply read(String wire) throws IOException {
    return new ReplyReader(bytes(wire)).read();
  }

  private static InputStream bytes(String wire) {
    return new ByteArrayInputStream(wire.getBytes(StandardCharsets.UTF_8));
  }

  @Test
  void readsOneLineAndSeveral() throws IOException {
    assertThat(read("250 2.1.0 ok\r\n")).isEqualTo(Reply.of(250, "2.1.0 ok"));
    assertThat(read("250\r\n").text()).isEqualTo("250");
    assertThat(read("250 \r\n").text()).isEqualTo("250");
    assertThat(read("250-a\r\n250-\r\n250 b\n").lines()).containsExactly("a", "", "b");
  }

  @Test
  void saysARepeatedStatusOnce() throws IOException {
    Reply reply = read("550-5.7.26 not\r\n550-5.7.26 from\r\n550 5.7.26 you\r\n");
    assertThat(reply.text()).isEqualTo("550 5.7.26 not from you");
    assertThat(reply.status()).contains(new EnhancedStatus(5, 7, 26));
  }

  @Test
  void knowsAStatusOnlyWhereItAgreesWithTheCode() {
    assertThat(Reply.of(550, "4.2.2 full").status()).isEmpty();
    assertThat(Reply.of(550, "5.1 short").status()).isEmpty();
    assertThat(Reply.of(550, "5.1.1000 long").status()).isEmpty();
    assertThat(Reply.of(452, "4.2.2").status()).contains(new EnhancedStatus(4, 2, 2));
  }

  @Test
  void readsRepliesThatArriveTogetherOneByOne() throws IOException {
    ReplyReader reader = new ReplyReader(bytes("250 one\r\n250-two\r\n250 more\r\n354 three\r\n"));
    assertThat(reader.read().text()).isEqualTo("250 one");
    assertThat(reader.read().text()).isEqualTo("250 two more");
    assertThat(reader.hasBuffered()).isTrue();
    assertThat(reader.read().code()).isEqualTo(354);
    assertThat(reader.hasBuffered()).isFalse();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "hello\r\n",
        "\r\n",
        "25\r\n",
        "150 x\r\n",
        "650 x\r\n",
        "2x0 x\r\n",
        "250x\r\n",
        "250-a\r\n251 b\r\n",
        "HTTP/1.1 400 Bad Request\r\n",
        " 250 ok\r\n"
      })
  void refusesWhatIsNoReply(String wire) {
    assertThatThrownBy(() -> read(wire)).isInstanceOf(SmtpProtocolException.class);
  }

  @Test
  void refusesAConnectionThatEndsInAReply() {
    assertThatThrownBy(() -> read("250-a\r\n25")).isInstanceOf(EOFException.class);
  }

  @Test
  void boundsLinesAndTheirNumber() throws IOException {
    assertThat(read("250 " + "x".repeat(5_000) + "\r\n").lines().getFirst()).hasSize(996);
    assertThat(read("250-x\r\n".repeat(99) + "250 y\r\n").lines()).hasSize(100);
    assertThatThrownBy(() -> read("250-x\r\n".repeat(100) + "250 y\r\n"))
        .hasMessageContaining("more than 100 lines");
    assertThatThrownBy(() -> read("250 " + "x".repeat(1_000_000)))
        .isInstanceOf(SmtpProtocolException.class);
    assertThat(
            read("250-"
                    + "x".repeat(900)
                    + "\r\n250-"
                    + "y".repeat(900)
                    + "\r\n250 "
                    + "z".repeat(900)
                    + "\r\n")
                .text())
        .hasSize(Reply.MAX_TEXT);
  }

  @Test
  void letsNoControlCharacterThrough() throws IOException {
    assertThat(read("550 a\u0000b\u001b[31m\tc\rd\r\n").text()).isEqualTo("550 a?b?[31m c?d");
  }

  @Test
  void endsOnAnyInputInAReplyOrAnIoException() {
    Random random = new Random(42);
    String alphabet = "0123456789- .\r\nabc\u00e9\u0000";
    for (int i = 0; i < 20_000; i++) {
      StringBuilder wire = new StringBuilder(random.nextBoolean() ? "250" : "");
      for (int j = random.nextInt(30); j > 0; j--) {
        wire.append(alphabet.charAt(random.nextInt(alphabet.length())));
      }
      try {
        assertThat(read(wire.toString()).code()).isBetween(200, 599);
      } catch (IOException expected) {
        assertThat(expected).isInstanceOfAny(SmtpProtocolException.class, EOFException.class);
      }
    }
  }
}

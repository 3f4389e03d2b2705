package dev.waybill.relay.feedback;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DataReaderTest {
  private final AtomicLong nanos = new AtomicLong();
  private final DataReader reader = new DataReader(1024, nanos::get);

  @Test
  void undoesDotStuffingAtEveryLineStartAndNowhereElse() throws IOException {
    assertThat(content("..first\r\n..\r\na..b\r\n...x\r\n.y\r\n.\r\n"))
        .isEqualTo(".first\r\n.\r\na..b\r\n..x\r\ny\r\n");
    assertThat(content(".\r\n")).isEmpty();
    assertThat(content("x\r\r\n.\r\n")).isEqualTo("x\r\r\n");
  }

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
        "\r\n. \r\n",
        "\r\n..\r\n",
      })
  void endsAtNothingElse(String lookalike) throws IOException {
    String content = content("a" + lookalike + "RSET\r\n.\r\n");

    assertThat(content).startsWith("a").contains("RSET").endsWith("\r\n");
  }

  @Test
  void leavesWhatFollowsTheEndToTheSession() throws IOException {
    ByteArrayInputStream in = in("x\r\n.\r\nQUIT\r\n");

    assertThat(reader.read(in)).isInstanceOf(DataReader.Whole.class);
    assertThat(new String(in.readAllBytes(), StandardCharsets.US_ASCII)).isEqualTo("QUIT\r\n");
  }

  @Test
  void readsUpToTheLimitAndDrainsBeyondIt() throws IOException {
    String exact = "x".repeat(1022) + "\r\n";
    assertThat(content(exact + ".\r\n")).isEqualTo(exact);
    assertThat(reader.read(in("x" + exact + ".\r\n"))).isInstanceOf(DataReader.TooLarge.class);
    assertThat(reader.read(in("x".repeat(10_000)))).isInstanceOf(DataReader.Endless.class);
  }

  @Test
  void failsWhenTheConnectionEndsWithinTheData() {
    assertThatThrownBy(() -> reader.read(in("half a mess"))).isInstanceOf(EOFException.class);
  }

  @Test
  void givesUpOnDataThatTricklesIn() throws IOException {
    DataReader impatient =
        new DataReader(100_000, () -> nanos.addAndGet(Duration.ofMinutes(4).toNanos()));

    assertThat(impatient.read(in("x\r\n".repeat(5000) + ".\r\n")))
        .isInstanceOf(DataReader.TooSlow.class);
  }

  private String content(String wire) throws IOException {
    return new String(
        ((DataReader.Whole) reader.read(in(wire))).content(), StandardCharsets.ISO_8859_1);
  }

  private static ByteArrayInputStream in(String wire) {
    return new ByteArrayInputStream(wire.getBytes(StandardCharsets.ISO_8859_1));
  }
}

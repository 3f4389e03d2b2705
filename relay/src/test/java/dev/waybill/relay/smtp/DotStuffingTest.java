package dev.waybill.relay.smtp;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/// The exact octets of DATA; `|` stands for CR LF in these tables.
class DotStuffingTest {
  private static String stuffed(String message, int block) throws IOException {
    ByteArrayOutputStream wire = new ByteArrayOutputStream();
    byte[] octets = message.replace("|", "\r\n").getBytes(StandardCharsets.ISO_8859_1);
    new DotStuffing(block).write(octets, (part, length) -> wire.write(part, 0, length));
    return wire.toString(StandardCharsets.ISO_8859_1).replace("\r\n", "|");
  }

  @ParameterizedTest
  @CsvSource({
    "a|b|, a|b|.|",
    "a, a|.|",
    ".|, ..|.|",
    "..|.a|b.|., ..." + "|..a|b.|..|.|",
    "||, ||.|",
    "'', .|"
  })
  void doublesDotsAtTheStartOfLinesAndEndsTheMessage(String message, String wire)
      throws IOException {
    for (int block : new int[] {8, 9, 10, 64}) {
      assertThat(stuffed(message, block)).isEqualTo(wire);
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"a\nb\r\n", "a\rb\r\n", "a\r\n.\nb", "\n", "a\r", "a\r\r\n", "\r\n\n"})
  void refusesBareLineEnds(String message) {
    byte[] octets = message.getBytes(StandardCharsets.ISO_8859_1);
    assertThatThrownBy(() -> DotStuffing.requireCrLf(octets))
        .isInstanceOf(IllegalArgumentException.class)
        .hasMessageContaining("bare CR or LF at octet");
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "a", "a\r\n", "\r\n\r\n.\r\n"})
  void takesWholeLines(String message) {
    DotStuffing.requireCrLf(message.getBytes(StandardCharsets.ISO_8859_1));
    assertThat(message).doesNotContain("\n\n");
  }
}

package dev.waybill.relay.message;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import java.nio.charset.StandardCharsets;

/// Any octets as a multipart message: its parts lie in it, one behind the other. `JAZZER_FUZZ=1`
/// looks for new inputs.
class MimeFuzzTest {
  private static final byte[] TOP =
      "Content-Type: multipart/mixed; boundary=b\r\n".getBytes(StandardCharsets.US_ASCII);

  @FuzzTest(maxDuration = "10m")
  void outline(byte[] octets) {
    byte[] message = new byte[TOP.length + octets.length];
    System.arraycopy(TOP, 0, message, 0, TOP.length);
    System.arraycopy(octets, 0, message, TOP.length, octets.length);
    int last = 0;
    for (MimeOutline.Leaf leaf : MimeOutline.of(message, HeaderBlock.parse(message)).leaves()) {
      assertThat(leaf.headerStart()).isGreaterThanOrEqualTo(last);
      assertThat(leaf.bodyEnd()).isBetween(leaf.bodyStart(), message.length);
      last = leaf.bodyEnd();
    }
  }
}

package dev.waybill.relay.admission;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waybill.relay.message.HeaderBlock;
import dev.waybill.relay.streams.Streams;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;

/// Any octets in the control fields of all services, JSON among them: they are understood within
/// bounds or refused by name. `JAZZER_FUZZ=1` looks for new inputs.
class ControlHeadersFuzzTest {
  private static final Instant NOW = Instant.parse("2026-11-21T10:00:00Z");
  private static final String[] NAMES = {
    "X-Waybill-Send-At",
    "X-Waybill-Metadata-k",
    "X-Waybill-Tag",
    "X-Waybill-Idempotency-Key",
    "X-SES-MESSAGE-TAGS",
    "X-MT-Custom-Variables",
    "X-SMTPAPI",
    "X-MSYS-API",
    "X-PM-TrackLinks"
  };

  @FuzzTest(maxDuration = "10m")
  void controls(byte[] octets) {
    if (octets.length == 0) {
      return;
    }
    String name = NAMES[(octets[0] & 0xFF) % NAMES.length];
    String field = name + ":" + new String(octets, 1, octets.length - 1, StandardCharsets.UTF_8);
    byte[] header = (field + "\r\n\r\n").getBytes(StandardCharsets.UTF_8);
    switch (ControlHeaders.read(HeaderBlock.parse(header), NOW, Streams.builtIn())) {
      case ControlHeaders.Malformed malformed -> {
        assertThat(malformed.name()).isNotBlank();
        assertThat(malformed.expected()).isNotBlank();
      }
      case ControlHeaders.Wishes wishes -> {
        assertThat(wishes.metadata()).hasSizeLessThanOrEqualTo(50);
        Instant sendAt = wishes.sendAt();
        if (sendAt != null) {
          assertThat(sendAt).isBefore(NOW.plus(Duration.ofDays(31)));
        }
      }
    }
  }
}

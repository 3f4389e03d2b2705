package dev.waybill.relay.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waybill.relay.events.DeliveryKey;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/// Any octets as a token, which opens nothing, and as a destination, which comes back as it went
/// in. `JAZZER_FUZZ=1` looks for new inputs.
class TokensFuzzTest {
  private static final Tokens TOKENS = Tokens.of(new TreeMap<>(Map.of(1, new byte[32])));
  private static final DeliveryKey DELIVERY = new DeliveryKey(new UUID(1, 2), 3);

  @FuzzTest(maxDuration = "10m")
  void tokens(byte[] octets) {
    String raw = new String(octets, StandardCharsets.ISO_8859_1);
    for (String token :
        new String[] {raw, Base64.getUrlEncoder().withoutPadding().encodeToString(octets)}) {
      assertThat(TOKENS.readOpen(token)).isEmpty();
      assertThat(TOKENS.readClick(token)).isEmpty();
      assertThat(TOKENS.readUnsubscribe(token)).isEmpty();
      assertThat(TOKENS.readReturnPath(token)).isEmpty();
    }
    if (octets.length > 0 && raw.length() * 2 <= Tokens.MAX_DESTINATION) {
      String token = TOKENS.click(DELIVERY, raw);
      assertThat(TOKENS.readClick(token)).contains(new Tokens.Click(DELIVERY, raw));
      byte[] altered = token.getBytes(StandardCharsets.US_ASCII);
      int at = Math.floorMod(octets[0], altered.length);
      altered[at] = (byte) (altered[at] == 'A' ? 'B' : 'A');
      assertThat(TOKENS.readClick(new String(altered, StandardCharsets.US_ASCII))).isEmpty();
    }
  }
}

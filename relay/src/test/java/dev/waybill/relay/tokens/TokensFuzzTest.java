package dev.waybill.relay.tokens;

import static org.assertj.core.api.Assertions.assertThat;

import com.code_intelligence.jazzer.junit.FuzzTest;
import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.streams.Stream;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;
import java.util.UUID;

/// Any octets as a token, which opens nothing that was not made here, and as a destination, which
/// comes back as it went in. `JAZZER_FUZZ=1` looks for new inputs; it remembers tokens that it saw
/// being made, so that one may come back.
class TokensFuzzTest {
  private static final Tokens TOKENS = Tokens.of(new TreeMap<>(Map.of(1, new byte[32])));
  private static final DeliveryKey DELIVERY = new DeliveryKey(new UUID(1, 2), 3);

  @FuzzTest(maxDuration = "10m")
  void tokens(byte[] octets) {
    String raw = new String(octets, StandardCharsets.ISO_8859_1);
    for (String token :
        new String[] {raw, Base64.getUrlEncoder().withoutPadding().encodeToString(octets)}) {
      opensOnlyWhatIsMade(token);
    }
    carriesTheStream(raw);
    if (octets.length > 0 && raw.length() * 2 <= Tokens.MAX_DESTINATION) {
      String token = TOKENS.click(DELIVERY, raw);
      assertThat(TOKENS.readClick(token)).contains(new Tokens.Click(DELIVERY, raw));
      byte[] altered = token.getBytes(StandardCharsets.US_ASCII);
      int at = Math.floorMod(octets[0], altered.length);
      altered[at] = (byte) (altered[at] == 'A' ? 'B' : 'A');
      assertThat(TOKENS.readClick(new String(altered, StandardCharsets.US_ASCII))).isEmpty();
    }
  }

  private static void carriesTheStream(String stream) {
    if (Stream.isName(stream)) {
      Tokens.Unsubscribe wish =
          new Tokens.Unsubscribe(
              DELIVERY, new UUID(4, 5), EmailAddress.of("ann@rcpt.example"), stream);
      assertThat(TOKENS.readUnsubscribe(TOKENS.unsubscribe(wish))).contains(wish);
    }
  }

  private static void opensOnlyWhatIsMade(String token) {
    TOKENS
        .readClick(token)
        .ifPresent(click ->
            assertThat(TOKENS.click(click.delivery(), click.destination())).isEqualTo(token));
    TOKENS.readOpen(token).ifPresent(open -> assertThat(TOKENS.open(open)).isEqualTo(token));
    TOKENS
        .readUnsubscribe(token)
        .ifPresent(wish -> assertThat(TOKENS.unsubscribe(wish)).isEqualTo(token));
    TOKENS
        .readReturnPath(token)
        .ifPresent(
            delivery -> assertThat(TOKENS.returnPath(delivery)).isEqualToIgnoringCase(token));
  }
}

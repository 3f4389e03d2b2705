package dev.waybill.relay.tokens;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.storage.Sealing;
import dev.waybill.relay.storage.StorageException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Locale;
import java.util.Optional;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TokensTest {
  private static final DeliveryKey DELIVERY =
      new DeliveryKey(UUID.fromString("0199a0b0-1234-7000-8000-0123456789ab"), 65_535);
  private static final UUID DOMAIN = UUID.fromString("0199a0b0-0000-7000-8000-00000000000d");
  private static final EmailAddress RECIPIENT = EmailAddress.of("\"Ann Ä\"@rcpt.example");
  private static final Tokens.Unsubscribe FROM_ALL_LISTS =
      new Tokens.Unsubscribe(DELIVERY, DOMAIN, RECIPIENT, "marketing");
  private static final Tokens.Unsubscribe FROM_ONE_LIST =
      new Tokens.Unsubscribe(DELIVERY, DOMAIN, RECIPIENT, "weekly-news");
  private static final String LINK = "https://shop.example/a?b=c&d=ä";

  private final Tokens tokens = tokens(0);

  @Test
  void readsBackWhatItWrote() {
    assertThat(tokens.readReturnPath(tokens.returnPath(DELIVERY))).contains(DELIVERY);
    assertThat(tokens.readOpen(tokens.open(DELIVERY))).contains(DELIVERY);
    assertThat(tokens.readClick(tokens.click(DELIVERY, LINK)))
        .contains(new Tokens.Click(DELIVERY, LINK));
    assertThat(tokens.readClick(tokens.click(DELIVERY, "")))
        .contains(new Tokens.Click(DELIVERY, ""));
    assertThat(tokens.readUnsubscribe(tokens.unsubscribe(FROM_ALL_LISTS))).contains(FROM_ALL_LISTS);
    assertThat(tokens.readUnsubscribe(tokens.unsubscribe(FROM_ONE_LIST))).contains(FROM_ONE_LIST);
  }

  @Test
  void writesTheSameTokenEachTime() {
    assertThat(tokens.returnPath(DELIVERY)).isEqualTo(tokens(0).returnPath(DELIVERY));
    assertThat(tokens.click(DELIVERY, LINK)).isEqualTo(tokens(0).click(DELIVERY, LINK));
    assertThat(tokens.click(DELIVERY, LINK)).isNotEqualTo(tokens.click(DELIVERY, LINK + "x"));
  }

  @Test
  void fitsAReturnPathIntoALocalPartWhateverItsCase() {
    SplittableRandom random = new SplittableRandom(1);
    for (int i = 0; i < 1_000; i++) {
      DeliveryKey key =
          new DeliveryKey(new UUID(random.nextLong(), random.nextLong()), random.nextInt(65_536));
      String token = tokens.returnPath(key);
      assertThat(token).hasSizeLessThanOrEqualTo(50).matches("[a-z2-7]+");
      assertThat(("unsubscribe+" + token).length()).isLessThanOrEqualTo(64);
      assertThat(tokens.readReturnPath(token.toUpperCase(Locale.ROOT))).contains(key);
    }
  }

  @Test
  void readsNothingFromATokenThatWasAlteredCutOrLengthened() {
    String returnPath = tokens.returnPath(DELIVERY);
    String click = tokens.click(DELIVERY, LINK);
    for (int i = 0; i < returnPath.length(); i++) {
      char other = returnPath.charAt(i) == 'a' ? 'b' : 'a';
      String altered = returnPath.substring(0, i) + other + returnPath.substring(i + 1);
      assertThat(tokens.readReturnPath(altered)).describedAs(altered).isEmpty();
      assertThat(tokens.readReturnPath(returnPath.substring(0, i))).isEmpty();
    }
    for (int i = 0; i < click.length(); i++) {
      for (char other : new char[] {'A', '-', '=', '!', 'ü'}) {
        String altered = click.substring(0, i) + other + click.substring(i + 1);
        if (!altered.equals(click)) {
          assertThat(tokens.readClick(altered)).describedAs(altered).isEmpty();
        }
      }
      assertThat(tokens.readClick(click.substring(0, i))).isEmpty();
    }
    assertThat(tokens.readClick(click + "A")).isEmpty();
    assertThat(tokens.readClick(click + "=")).isEmpty();
    assertThat(tokens.readReturnPath("a".repeat(100_000))).isEmpty();
    assertThat(tokens.readOpen("A".repeat(100_000))).isEmpty();
  }

  @Test
  void readsNothingFromATokenOfAnotherKindOrKey() {
    String open = tokens.open(DELIVERY);
    assertThat(tokens.readClick(open)).isEmpty();
    assertThat(tokens.readUnsubscribe(open)).isEmpty();
    assertThat(tokens.readOpen(tokens.click(DELIVERY, ""))).isEmpty();
    assertThat(tokens.readReturnPath(Base32.encode(Base64.getUrlDecoder().decode(open)))).isEmpty();
    assertThat(tokens(1).readOpen(open)).isEmpty();
  }

  @Test
  void hidesDestinationsAndRecipients() {
    byte[] click = Base64.getUrlDecoder().decode(tokens.click(DELIVERY, LINK));
    byte[] unsubscribe = Base64.getUrlDecoder().decode(tokens.unsubscribe(FROM_ALL_LISTS));
    assertThat(latin(click)).doesNotContain("shop").doesNotContain("https");
    assertThat(latin(unsubscribe)).doesNotContain("Ann").doesNotContain("rcpt");
  }

  @Test
  void shortensLongDestinationsAndRefusesEndlessOnes() {
    String longLink =
        "https://shop.example/" + "?utm_campaign=november&utm_medium=email".repeat(20);
    String token = tokens.click(DELIVERY, longLink);
    assertThat(token.length()).isLessThan(longLink.length() / 2);
    assertThat(tokens.readClick(token)).map(Tokens.Click::destination).contains(longLink);
    String longest = "x".repeat(Tokens.MAX_DESTINATION);
    assertThat(tokens.readClick(tokens.click(DELIVERY, longest)))
        .map(Tokens.Click::destination)
        .contains(longest);
    assertThatThrownBy(() -> tokens.click(DELIVERY, longest + "x"))
        .hasMessage("destination of 8193 octets (expected: at most 8192)");
  }

  @Test
  void writesWithTheNewestKeyAndReadsWithAll() {
    TreeMap<Integer, byte[]> both = new TreeMap<>();
    both.put(0, secret(0));
    both.put(1, secret(1));
    Tokens rotated = Tokens.of(both);
    assertThat(rotated.readOpen(tokens.open(DELIVERY))).contains(DELIVERY);
    assertThat(tokens.readOpen(rotated.open(DELIVERY))).isEqualTo(Optional.empty());
    assertThat(rotated.open(DELIVERY)).isEqualTo(tokens(1).open(DELIVERY));
  }

  @Test
  void keepsItsKeySealedInTheDatabase(@TempDir Path folder) {
    DatabaseSettings settings =
        new DatabaseSettings("jdbc:h2:file:" + folder.resolve("db"), "sa", "", 4);
    InstantSource clock = () -> Instant.parse("2026-11-03T10:15:30Z");
    String token;
    try (Database database = Database.open(settings)) {
      Tokens first = Tokens.open(database, new Sealing(secret(9)), clock, new SplittableRandom(5));
      token = first.returnPath(DELIVERY);
    }
    try (Database database = Database.open(settings)) {
      Tokens again = Tokens.open(database, new Sealing(secret(9)), clock, new SplittableRandom(6));
      assertThat(again.readReturnPath(token)).contains(DELIVERY);
      assertThat(again.returnPath(DELIVERY)).isEqualTo(token);
      assertThatThrownBy(
              () -> Tokens.open(database, new Sealing(secret(8)), clock, new SplittableRandom(6)))
          .isInstanceOf(StorageException.class);
    }
  }

  private static Tokens tokens(int key) {
    TreeMap<Integer, byte[]> secrets = new TreeMap<>();
    secrets.put(key, secret(key));
    return Tokens.of(secrets);
  }

  private static byte[] secret(int seed) {
    byte[] secret = new byte[32];
    new SplittableRandom(seed).nextBytes(secret);
    return secret;
  }

  private static String latin(byte[] octets) {
    return new String(octets, StandardCharsets.ISO_8859_1);
  }
}

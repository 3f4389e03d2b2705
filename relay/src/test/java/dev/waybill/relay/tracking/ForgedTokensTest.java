package dev.waybill.relay.tracking;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.events.Event;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.DatabaseSettings;
import dev.waybill.relay.storage.Sealing;
import dev.waybill.relay.testing.RawHttpClient;
import dev.waybill.relay.tokens.Tokens;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/// A hundred thousand forged tokens, made from real ones and from nothing.
class ForgedTokensTest {
  private static final int TRIES = 100_000;
  private static final int PIPELINED = 100;
  private static final Instant NOON = Instant.parse("2026-11-21T12:00:00Z");
  private static final DeliveryKey DELIVERY = new DeliveryKey(new UUID(1, 2), 3);
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

  private final Random random = new Random(20261121);
  private final List<Event> journal = new CopyOnWriteArrayList<>();

  @TempDir Path folder;

  @Test
  void leadNowhere() throws Exception {
    try (Database database =
        Database.open(
            new DatabaseSettings(
                "jdbc:h2:mem:" + UUID.randomUUID() + ";DB_CLOSE_DELAY=-1", "sa", "", 4))) {
      Tokens tokens = Tokens.open(database, new Sealing(new byte[32]), () -> NOON, random);
      TrackingDoor door = door(tokens);
      door.start();
      try {
        forge(door.port(), tokens);
      } finally {
        door.stop(Duration.ofSeconds(5));
      }
    }
    assertThat(journal).isEmpty();
  }

  private void forge(int port, Tokens tokens) throws Exception {
    List<String> real =
        List.of(
            tokens.click(DELIVERY, "https://shop.example/sale?a=1&b=2"),
            tokens.click(DELIVERY, "https://shop.example/" + "long/".repeat(100)),
            tokens.open(DELIVERY),
            tokens.unsubscribe(
                new Tokens.Unsubscribe(
                    DELIVERY, new UUID(4, 5), EmailAddress.of("jane@shop.example"), "marketing")));
    List<String> forms =
        List.of(
            "GET /c/%s HTTP/1.1",
            "GET /o/%s.gif HTTP/1.1", "GET /u/%s HTTP/1.1", "POST /u/%s HTTP/1.1");
    try (RawHttpClient forger = new RawHttpClient(port)) {
      for (int done = 0; done < TRIES; done += PIPELINED) {
        List<String> requests = new ArrayList<>();
        for (int i = 0; i < PIPELINED; i++) {
          String token = forged(real.get(random.nextInt(real.size())));
          requests.add(forms.get(random.nextInt(forms.size())).formatted(token));
        }
        forger.send(
            String.join("\r\nHost: localhost\r\n\r\n", requests) + "\r\nHost: localhost\r\n\r\n");
        for (String request : requests) {
          RawHttpClient.Answer answer = forger.read();
          assertThat(answer.status()).as(request).isEqualTo(404);
          assertThat(answer.headers()).as(request).doesNotContainKey("location");
        }
      }
    }
  }

  /// A real token with a few characters changed, cut, joined or exchanged; or none at all.
  private String forged(String real) {
    StringBuilder token = new StringBuilder(real);
    switch (random.nextInt(5)) {
      case 0 -> token.setLength(random.nextInt(real.length() - 1) + 1);
      case 1 -> token.append(character());
      case 2 -> token.insert(random.nextInt(real.length()), character());
      case 3 -> {
        token.setLength(0);
        for (int i = random.nextInt(200); i >= 0; i--) {
          token.append(character());
        }
      }
      default -> {
        for (int i = random.nextInt(3); i >= 0; i--) {
          token.setCharAt(random.nextInt(real.length()), character());
        }
      }
    }
    return token.toString().equals(real) ? forged(real) : token.toString();
  }

  private char character() {
    return ALPHABET.charAt(random.nextInt(ALPHABET.length()));
  }

  private TrackingDoor door(Tokens tokens) {
    return new TrackingDoor(
        new TrackingSettings(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), 0),
            Optional.empty(),
            Set.of(),
            Privacy.TRUNCATED,
            List.of(),
            folder.resolve("spill")),
        TrackingDoor.Readers.of(tokens),
        new TrackingDoor.Ledger(
            _ -> Optional.empty(),
            event -> {
              journal.add(event);
              return CompletableFuture.completedFuture(null);
            }),
        new Subscriptions(
            _ -> nobody(),
            _ -> nobody(),
            new Senders(_ -> Optional.empty(), (_, _) -> Optional.empty()),
            _ -> ""),
        List.of(),
        new TrackingDoor.Surroundings(List::of, () -> NOON, random, new SimpleMeterRegistry()));
  }

  private static <T> T nobody() {
    throw new AssertionError("nobody unsubscribes");
  }
}

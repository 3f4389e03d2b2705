package dev.waybill.relay.tokens;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.Sealing;
import dev.waybill.relay.streams.Stream;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.InstantSource;
import java.util.Arrays;
import java.util.Base64;
import java.util.EnumMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.SortedMap;
import java.util.UUID;
import java.util.function.Function;
import java.util.random.RandomGenerator;
import java.util.zip.DataFormatException;
import java.util.zip.Deflater;
import java.util.zip.Inflater;
import javax.crypto.spec.SecretKeySpec;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Makes and reads the tokens in return paths, pixels, links and unsubscribe addresses.
///
/// Any thread may use it. A token is its version and key number in one byte and a [TokenBox]:
/// private, authenticated, and the same each time for the same content. The newest key makes
/// tokens, all keys read them. Reading never fails: anything forged, altered, cut or of another
/// kind is empty.
public final class Tokens {
  private static final Logger LOG = LoggerFactory.getLogger(Tokens.class);

  /// The longest destination of a click token, in octets of UTF-8.
  public static final int MAX_DESTINATION = 8 * 1024;

  /// What a click token says.
  public record Click(DeliveryKey delivery, String destination) {}

  /// What an unsubscribe token says: enough without any database row.
  ///
  /// @param stream the name of the stream to unsubscribe from; `marketing` for all lists
  public record Unsubscribe(
      DeliveryKey delivery, UUID domainId, EmailAddress recipient, String stream) {}

  private enum Kind {
    RETURN_PATH,
    OPEN,
    CLICK,
    UNSUBSCRIBE
  }

  /// The upper two bits of the first byte; the lower six number the key.
  private static final int VERSION = 0b01_000000;

  /// No address has it (RFC 5321 §4.1.2).
  private static final char BEHIND_ADDRESS = 0;

  private static final int VERSION_BITS = 0b11_000000;
  private static final int KEY_BITS = 0b00_111111;
  private static final int DELIVERY = 18;
  private static final byte AS_IS = 0;
  private static final byte DEFLATED = 1;

  /// Below this, deflating costs more time than it saves room.
  private static final int WORTH_DEFLATING = 128;

  private static final int MAX_TOKEN = 12 * 1024;

  private final @Nullable Map<Kind, TokenBox>[] boxes;
  private final Map<Kind, TokenBox> newest;

  @SuppressWarnings({"unchecked", "rawtypes"})
  private Tokens(SortedMap<Integer, byte[]> secrets) {
    @Nullable Map<Kind, TokenBox>[] all = new Map[KEY_BITS + 1];
    Map<Kind, TokenBox> last = Map.of();
    for (Map.Entry<Integer, byte[]> secret : secrets.entrySet()) {
      int id = secret.getKey();
      if (id < 0 || id > KEY_BITS) {
        throw new IllegalArgumentException(
            "token key %d (expected: 0 to %d)".formatted(id, KEY_BITS));
      }
      last = new EnumMap<>(Kind.class);
      for (Kind kind : Kind.values()) {
        last.put(
            kind,
            new TokenBox(
                (byte) (VERSION | id),
                new SecretKeySpec(secret.getValue(), "HKDF"),
                kind.name().toLowerCase(Locale.ROOT)));
      }
      all[id] = last;
    }
    if (last.isEmpty()) {
      throw new IllegalArgumentException("no token key (expected: at least one)");
    }
    this.boxes = all;
    this.newest = last;
  }

  /// Loads the keys; the first one is made, durably, when there is none.
  ///
  /// @throws dev.waybill.relay.storage.StorageException when the master key does not open them
  public static Tokens open(
      Database database, Sealing sealing, InstantSource clock, RandomGenerator random) {
    TokenKeyStore store = new TokenKeyStore(database, sealing);
    int sealedAfresh = store.sealAfresh();
    if (sealedAfresh > 0) {
      LOG.info("{} token keys are sealed with the new master key now", sealedAfresh);
    }
    return new Tokens(store.loadOrCreate(clock.instant(), random));
  }

  /// Tokens under given secrets by key number (0 to 63), the highest being the newest.
  static Tokens of(SortedMap<Integer, byte[]> secrets) {
    return new Tokens(secrets);
  }

  /// At most 50 characters of lower-case base32, for `bounces+<token>@…` and
  /// `unsubscribe+<token>@…`.
  public String returnPath(DeliveryKey delivery) {
    return Base32.encode(box(Kind.RETURN_PATH).close(put(delivery, 0).array()));
  }

  /// Case-insensitive; empty for anything forged or altered.
  public Optional<DeliveryKey> readReturnPath(String token) {
    return token.length() > MAX_TOKEN
        ? Optional.empty()
        : Base32.decode(token)
            .flatMap(box -> open(Kind.RETURN_PATH, box))
            .filter(content -> content.length == DELIVERY)
            .map(content -> delivery(ByteBuffer.wrap(content)));
  }

  /// URL-safe, 42 characters.
  public String open(DeliveryKey delivery) {
    return url(box(Kind.OPEN).close(put(delivery, 0).array()));
  }

  public Optional<DeliveryKey> readOpen(String token) {
    return read(Kind.OPEN, token)
        .filter(content -> content.length == DELIVERY)
        .map(content -> delivery(ByteBuffer.wrap(content)));
  }

  /// URL-safe; the destination goes with it, deflated where that is shorter.
  ///
  /// @throws IllegalArgumentException when the destination is longer than [#MAX_DESTINATION]
  public String click(DeliveryKey delivery, String destination) {
    byte[] octets = destination.getBytes(StandardCharsets.UTF_8);
    if (octets.length > MAX_DESTINATION) {
      throw new IllegalArgumentException(
          "destination of %d octets (expected: at most %d)"
              .formatted(octets.length, MAX_DESTINATION));
    }
    byte form = AS_IS;
    if (octets.length >= WORTH_DEFLATING) {
      byte[] deflated = deflate(octets);
      if (deflated.length < octets.length) {
        octets = deflated;
        form = DEFLATED;
      }
    }
    return url(
        box(Kind.CLICK).close(put(delivery, 1 + octets.length).put(form).put(octets).array()));
  }

  public Optional<Click> readClick(String token) {
    return read(Kind.CLICK, token)
        .filter(content -> content.length > DELIVERY)
        .flatMap(this::click);
  }

  /// URL-safe; carries the recipient, so that it works when nothing else is left of the message.
  public String unsubscribe(Unsubscribe wish) {
    boolean allLists = wish.stream().equals(Stream.MARKETING.name());
    String text = wish.recipient() + (allLists ? "" : BEHIND_ADDRESS + wish.stream());
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    return url(
        box(Kind.UNSUBSCRIBE)
            .close(
                put(wish.delivery(), 16 + octets.length)
                    .putLong(wish.domainId().getMostSignificantBits())
                    .putLong(wish.domainId().getLeastSignificantBits())
                    .put(octets)
                    .array()));
  }

  public Optional<Unsubscribe> readUnsubscribe(String token) {
    return read(Kind.UNSUBSCRIBE, token)
        .filter(content -> content.length > DELIVERY + 16)
        .flatMap(Tokens::unsubscribe);
  }

  private TokenBox box(Kind kind) {
    return Objects.requireNonNull(newest.get(kind));
  }

  private Optional<byte[]> read(Kind kind, String token) {
    if (token.length() > MAX_TOKEN) {
      return Optional.empty();
    }
    byte[] box;
    try {
      box = Base64.getUrlDecoder().decode(token);
    } catch (IllegalArgumentException noBase64) {
      return Optional.empty();
    }
    // one token has one spelling: no padding, no bits left over
    return url(box).equals(token) ? open(kind, box) : Optional.empty();
  }

  private Optional<byte[]> open(Kind kind, byte[] box) {
    if (box.length == 0 || (box[0] & VERSION_BITS) != VERSION) {
      return Optional.empty();
    }
    Map<Kind, TokenBox> known = boxes[box[0] & KEY_BITS];
    return known == null ? Optional.empty() : Objects.requireNonNull(known.get(kind)).open(box);
  }

  private Optional<Click> click(byte[] content) {
    ByteBuffer in = ByteBuffer.wrap(content);
    DeliveryKey delivery = delivery(in);
    byte form = in.get();
    byte[] octets = rest(in);
    Function<byte[], Click> made =
        destination -> new Click(delivery, new String(destination, StandardCharsets.UTF_8));
    return switch (form) {
      case AS_IS -> Optional.of(octets).map(made);
      case DEFLATED -> inflate(octets).map(made);
      default -> Optional.empty();
    };
  }

  private static Optional<Unsubscribe> unsubscribe(byte[] content) {
    ByteBuffer in = ByteBuffer.wrap(content);
    DeliveryKey delivery = delivery(in);
    UUID domainId = new UUID(in.getLong(), in.getLong());
    String text = new String(rest(in), StandardCharsets.UTF_8);
    int end = text.indexOf(BEHIND_ADDRESS);
    String address = end < 0 ? text : text.substring(0, end);
    String stream = end < 0 ? Stream.MARKETING.name() : text.substring(end + 1);
    return EmailAddress.parse(address)
        .filter(_ -> Stream.isName(stream))
        .map(recipient -> new Unsubscribe(delivery, domainId, recipient, stream));
  }

  private static ByteBuffer put(DeliveryKey delivery, int more) {
    return ByteBuffer.allocate(DELIVERY + more)
        .putLong(delivery.messageId().getMostSignificantBits())
        .putLong(delivery.messageId().getLeastSignificantBits())
        .putShort((short) delivery.ordinal());
  }

  private static DeliveryKey delivery(ByteBuffer in) {
    return new DeliveryKey(
        new UUID(in.getLong(), in.getLong()), Short.toUnsignedInt(in.getShort()));
  }

  private static byte[] rest(ByteBuffer in) {
    byte[] octets = new byte[in.remaining()];
    in.get(octets);
    return octets;
  }

  private static String url(byte[] box) {
    return Base64.getUrlEncoder().withoutPadding().encodeToString(box);
  }

  private static byte[] deflate(byte[] octets) {
    Deflater deflater = new Deflater(Deflater.BEST_COMPRESSION, true);
    try {
      deflater.setInput(octets);
      deflater.finish();
      byte[] deflated = new byte[octets.length];
      int length = deflater.deflate(deflated);
      return deflater.finished() ? Arrays.copyOf(deflated, length) : octets;
    } finally {
      deflater.end();
    }
  }

  private static Optional<byte[]> inflate(byte[] octets) {
    Inflater inflater = new Inflater(true);
    try {
      inflater.setInput(octets);
      byte[] inflated = new byte[MAX_DESTINATION + 1];
      int length = inflater.inflate(inflated);
      return inflater.finished() ? Optional.of(Arrays.copyOf(inflated, length)) : Optional.empty();
    } catch (DataFormatException altered) {
      return Optional.empty();
    } finally {
      inflater.end();
    }
  }
}

package dev.waybill.relay.tracking;

import dev.waybill.relay.events.DeliveryKey;
import java.io.ByteArrayInputStream;
import java.io.DataInputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A sighting as octets, for the spill file. Stateless.
final class SightingForm {
  /// The most octets of one: its texts are bounded, and a character takes three at most.
  static final int MAX = 32 * 1024;

  private static final byte VERSION = 1;

  private SightingForm() {}

  /// @param into with room for [#MAX] octets
  static void write(Sighting sighting, ByteBuffer into) {
    into.put(VERSION);
    put(into, sighting.kind().label());
    into.putLong(sighting.at().getEpochSecond()).putInt(sighting.at().getNano());
    into.putLong(sighting.delivery().messageId().getMostSignificantBits());
    into.putLong(sighting.delivery().messageId().getLeastSignificantBits());
    into.putShort((short) sighting.delivery().ordinal());
    putIfAny(into, sighting.recipient());
    putIfAny(into, sighting.link());
    put(into, sighting.visit().userAgent());
    put(into, sighting.visit().address());
    into.put((byte) (sighting.visit().hashed() ? 1 : 0));
    MachineReason telling = sighting.visit().telling();
    putIfAny(into, telling == null ? null : telling.text());
    into.put((byte) sighting.failures());
  }

  /// @throws IOException when the octets are none of [#write]
  static Sighting read(byte[] octets) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(octets))) {
      int version = in.readUnsignedByte();
      if (version != VERSION) {
        throw new IOException("version %d (expected: %d)".formatted(version, VERSION));
      }
      Sighting.Kind kind = Sighting.Kind.parse(text(in));
      Instant at = Instant.ofEpochSecond(in.readLong(), in.readInt());
      DeliveryKey delivery =
          new DeliveryKey(new UUID(in.readLong(), in.readLong()), in.readUnsignedShort());
      String recipient = textIfAny(in);
      String link = textIfAny(in);
      Visit visit = readVisit(in);
      return new Sighting(kind, at, delivery, recipient, link, visit, in.readUnsignedByte());
    } catch (IllegalArgumentException unknown) {
      throw new IOException("not a sighting", unknown);
    }
  }

  private static Visit readVisit(DataInputStream in) throws IOException {
    String userAgent = text(in);
    String address = text(in);
    boolean hashed = in.readBoolean();
    String telling = textIfAny(in);
    return new Visit(
        userAgent,
        address,
        hashed,
        telling == null ? null : MachineReason.parse(telling).orElse(null));
  }

  private static void putIfAny(ByteBuffer into, @Nullable String text) {
    into.put((byte) (text == null ? 0 : 1));
    if (text != null) {
      put(into, text);
    }
  }

  private static void put(ByteBuffer into, String text) {
    byte[] octets = text.getBytes(StandardCharsets.UTF_8);
    into.putShort((short) octets.length).put(octets);
  }

  private static @Nullable String textIfAny(DataInputStream in) throws IOException {
    return in.readBoolean() ? text(in) : null;
  }

  private static String text(DataInputStream in) throws IOException {
    return new String(in.readNBytes(in.readUnsignedShort()), StandardCharsets.UTF_8);
  }
}

package dev.waybill.relay.tracking;

import dev.waybill.relay.events.DeliveryKey;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A sighting as octets, for the spill file. Stateless.
final class SightingForm {
  private static final int VERSION = 1;

  private SightingForm() {}

  static byte[] write(Sighting sighting) {
    ByteArrayOutputStream octets = new ByteArrayOutputStream(512);
    try (DataOutputStream out = new DataOutputStream(octets)) {
      out.writeByte(VERSION);
      out.writeUTF(sighting.kind().label());
      out.writeLong(sighting.at().getEpochSecond());
      out.writeInt(sighting.at().getNano());
      out.writeLong(sighting.delivery().messageId().getMostSignificantBits());
      out.writeLong(sighting.delivery().messageId().getLeastSignificantBits());
      out.writeShort(sighting.delivery().ordinal());
      writeText(out, sighting.recipient());
      writeText(out, sighting.link());
      out.writeUTF(sighting.visit().userAgent());
      out.writeUTF(sighting.visit().address());
      out.writeBoolean(sighting.visit().hashed());
      MachineReason telling = sighting.visit().telling();
      writeText(out, telling == null ? null : telling.text());
      out.writeByte(sighting.failures());
    } catch (IOException impossible) {
      throw new UncheckedIOException("memory does not fail", impossible);
    }
    return octets.toByteArray();
  }

  /// @throws IOException when the octets are none of [#write]
  static Sighting read(byte[] octets) throws IOException {
    try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(octets))) {
      int version = in.readUnsignedByte();
      if (version != VERSION) {
        throw new IOException("version %d (expected: %d)".formatted(version, VERSION));
      }
      Sighting.Kind kind = Sighting.Kind.parse(in.readUTF());
      Instant at = Instant.ofEpochSecond(in.readLong(), in.readInt());
      DeliveryKey delivery =
          new DeliveryKey(new UUID(in.readLong(), in.readLong()), in.readUnsignedShort());
      String recipient = readText(in);
      String link = readText(in);
      Visit visit = readVisit(in);
      return new Sighting(kind, at, delivery, recipient, link, visit, in.readUnsignedByte());
    } catch (IllegalArgumentException unknown) {
      throw new IOException("not a sighting", unknown);
    }
  }

  private static Visit readVisit(DataInputStream in) throws IOException {
    String userAgent = in.readUTF();
    String address = in.readUTF();
    boolean hashed = in.readBoolean();
    String telling = readText(in);
    return new Visit(
        userAgent,
        address,
        hashed,
        telling == null ? null : MachineReason.parse(telling).orElse(null));
  }

  private static void writeText(DataOutputStream out, @Nullable String text) throws IOException {
    out.writeBoolean(text != null);
    if (text != null) {
      out.writeUTF(text);
    }
  }

  private static @Nullable String readText(DataInputStream in) throws IOException {
    return in.readBoolean() ? in.readUTF() : null;
  }
}

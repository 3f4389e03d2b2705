package dev.waybill.relay.transcripts;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.smtp.Dialogue;
import java.io.BufferedInputStream;
import java.io.BufferedOutputStream;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;
import java.util.zip.Deflater;
import java.util.zip.DeflaterOutputStream;
import java.util.zip.InflaterInputStream;

/// Some transcripts packed together: one write for all of them, and what they have in common is
/// stored once.
///
/// @param until when the last of the attempts ended
/// @param messages whose attempts they are
/// @param content the transcripts, compressed; not to be changed
record Block(Instant until, Set<UUID> messages, byte[] content) {
  private static final int FORMAT = 1;
  private static final int BUFFER = 1 << 15;
  private static final Attempt.Kind[] KINDS = Attempt.Kind.values();
  private static final Dialogue.Speaker[] SPEAKERS = Dialogue.Speaker.values();

  Block {
    messages = Set.copyOf(messages);
  }

  /// Packs at least one transcript.
  static Block of(List<Transcript> transcripts) {
    Set<UUID> messages = new LinkedHashSet<>();
    Instant until = Instant.MIN;
    for (Transcript transcript : transcripts) {
      messages.add(transcript.delivery().messageId());
      Instant end = transcript.began().plus(transcript.took());
      until = end.isAfter(until) ? end : until;
    }
    return new Block(until, messages, pack(transcripts));
  }

  /// The transcripts, in the order in which they were packed.
  ///
  /// @throws IOException when the content is not what was packed
  static List<Transcript> unpack(byte[] content) throws IOException {
    try (DataInputStream in =
        new DataInputStream(
            new BufferedInputStream(
                new InflaterInputStream(new ByteArrayInputStream(content)), BUFFER))) {
      int format = in.readUnsignedByte();
      if (format != FORMAT) {
        throw new IOException("transcripts of format %d (expected: %d)".formatted(format, FORMAT));
      }
      List<List<Dialogue.Line>> dialogues = new ArrayList<>();
      for (int rest = in.readInt(); rest > 0; rest--) {
        dialogues.add(lines(in));
      }
      List<Transcript> transcripts = new ArrayList<>();
      for (int rest = in.readInt(); rest > 0; rest--) {
        transcripts.add(transcript(in, dialogues));
      }
      return transcripts;
    } catch (IndexOutOfBoundsException | IllegalArgumentException damaged) {
      throw new IOException("transcripts are damaged", damaged);
    }
  }

  private static byte[] pack(List<Transcript> transcripts) {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    Deflater deflater = new Deflater(Deflater.BEST_SPEED);
    // the deflater is native: it is called for many octets at a time
    try (DataOutputStream out =
        new DataOutputStream(
            new BufferedOutputStream(new DeflaterOutputStream(packed, deflater, BUFFER), BUFFER))) {
      Map<List<Dialogue.Line>, Integer> places = new IdentityHashMap<>();
      List<List<Dialogue.Line>> dialogues = new ArrayList<>();
      for (Transcript transcript : transcripts) {
        for (Transcript.Part part : transcript.parts()) {
          if (places.putIfAbsent(part.lines(), dialogues.size()) == null) {
            dialogues.add(part.lines());
          }
        }
      }
      out.writeByte(FORMAT);
      out.writeInt(dialogues.size());
      for (List<Dialogue.Line> lines : dialogues) {
        write(out, lines);
      }
      out.writeInt(transcripts.size());
      for (Transcript transcript : transcripts) {
        write(out, transcript, places);
      }
    } catch (IOException impossible) {
      throw new UncheckedIOException(impossible);
    } finally {
      deflater.end();
    }
    return packed.toByteArray();
  }

  private static void write(DataOutputStream out, List<Dialogue.Line> lines) throws IOException {
    out.writeShort(lines.size());
    for (Dialogue.Line line : lines) {
      out.writeInt(line.millis());
      out.writeByte(line.speaker().ordinal());
      out.writeUTF(line.text());
    }
  }

  private static List<Dialogue.Line> lines(DataInputStream in) throws IOException {
    List<Dialogue.Line> lines = new ArrayList<>();
    for (int rest = in.readUnsignedShort(); rest > 0; rest--) {
      lines.add(new Dialogue.Line(in.readInt(), SPEAKERS[in.readUnsignedByte()], in.readUTF()));
    }
    return List.copyOf(lines);
  }

  private static void write(
      DataOutputStream out, Transcript transcript, Map<List<Dialogue.Line>, Integer> places)
      throws IOException {
    out.writeLong(transcript.delivery().messageId().getMostSignificantBits());
    out.writeLong(transcript.delivery().messageId().getLeastSignificantBits());
    out.writeShort(transcript.delivery().ordinal());
    out.writeInt(transcript.number());
    out.writeLong(ChronoUnit.MICROS.between(Instant.EPOCH, transcript.began()));
    out.writeLong(transcript.took().toMillis());
    out.writeUTF(transcript.ending().outcome());
    out.writeUTF(transcript.ending().reply());
    out.writeBoolean(transcript.cut());
    out.writeShort(transcript.parts().size());
    for (Transcript.Part part : transcript.parts()) {
      out.writeByte(part.kind().ordinal());
      out.writeLong(part.offset());
      out.writeInt(places.getOrDefault(part.lines(), -1));
    }
  }

  private static Transcript transcript(DataInputStream in, List<List<Dialogue.Line>> dialogues)
      throws IOException {
    DeliveryKey delivery =
        new DeliveryKey(new UUID(in.readLong(), in.readLong()), in.readUnsignedShort());
    int number = in.readInt();
    Instant began = Instant.EPOCH.plus(in.readLong(), ChronoUnit.MICROS);
    Duration took = Duration.ofMillis(in.readLong());
    Attempt.Ending ending = new Attempt.Ending(in.readUTF(), in.readUTF());
    boolean cut = in.readBoolean();
    List<Transcript.Part> parts = new ArrayList<>();
    for (int rest = in.readUnsignedShort(); rest > 0; rest--) {
      parts.add(
          new Transcript.Part(
              KINDS[in.readUnsignedByte()], in.readLong(), dialogues.get(in.readInt())));
    }
    return new Transcript(delivery, number, began, took, ending, cut, parts);
  }
}

package dev.waybill.relay.queue;

import dev.waybill.relay.storage.Database;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.SQLException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.ConcurrentHashMap;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Bodies in append-only segment files beside the embedded database.
///
/// A record is a header of 32 octets (magic, message id, length, CRC-32C of the body) and the body.
/// A crash can leave records that no row points to; they go with their segment. The few bodies that
/// outlive the rest of an old segment are copied behind the newest, so that the old one can go. A
/// process never appends to a segment that an earlier process wrote.
final class SegmentBodyStore implements BodyStore {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentBodyStore.class);

  /// However short bodies are retained, a segment that takes few of them is not closed sooner.
  private static final Duration SHORTEST_SPAN = Duration.ofHours(1);

  /// How much longer than asked a body may be retained because it waits for its segment's newest.
  private static final int SPANS = 4;

  private static final int COPY_BLOCK = 1 << 16;

  private final SegmentFolder folder;
  private final SegmentSweepStore sweeps;
  private final InstantSource clock;
  private final long maxSegment;
  private final Duration span;
  private final ByteBuffer header = ByteBuffer.allocate(SegmentFolder.HEADER);
  private final Map<Survivor, BodyLocation> copies = new HashMap<>();

  /// When the newest body of each segment was accepted, for the segments of this process.
  private final Map<Long, Instant> newest = new ConcurrentHashMap<>();

  private FileChannel active;
  private volatile long activeNumber;
  private @Nullable Instant begun;

  /// Opens the folder with a fresh segment to append to.
  SegmentBodyStore(QueueSettings settings, Database database, InstantSource clock)
      throws IOException {
    Duration quarter = settings.retention().raw().dividedBy(SPANS);
    this.span = quarter.compareTo(SHORTEST_SPAN) > 0 ? quarter : SHORTEST_SPAN;
    this.clock = clock;
    this.folder = new SegmentFolder(settings.dataDir().resolve("bodies"));
    this.maxSegment = settings.limits().segmentBytes();
    this.activeNumber = folder.numbers().stream().mapToLong(Long::longValue).max().orElse(0) + 1;
    this.sweeps = new SegmentSweepStore(settings, database, folder, newest, activeNumber);
    this.active = folder.create(activeNumber);
  }

  @Override
  public void append(List<Accepting> messages) throws IOException {
    if (messages.isEmpty()) {
      return;
    }
    Instant now = clock.instant();
    if (active.position() >= maxSegment || isOld(now)) {
      FileChannel full = active;
      long next = activeNumber + 1;
      active = folder.create(next);
      activeNumber = next;
      begun = null;
      full.close();
    }
    long start = active.position();
    try {
      for (Accepting message : messages) {
        message.storedAt(new BodyLocation(activeNumber, active.position()));
        write(message);
      }
      begun = begun == null ? now : begun;
      newest.merge(activeNumber, now, (known, next) -> next.isAfter(known) ? next : known);
      active.force(false);
    } catch (IOException failure) {
      active.truncate(start);
      throw failure;
    }
  }

  /// Whether the oldest body would wait too long for the newest to be old enough to go.
  private boolean isOld(Instant now) {
    return begun != null && !now.isBefore(begun.plus(span));
  }

  @Override
  public void insert(Connection connection, List<Accepting> messages) {
    // the bytes are in the segment already
  }

  @Override
  public byte[] read(UUID messageId, BodyLocation location) throws IOException {
    return folder.read(messageId, location);
  }

  @Override
  public List<Survivor> sweep(Instant now, long wanted) throws SQLException, IOException {
    return sweeps.sweep(activeNumber, now, wanted);
  }

  @Override
  public boolean retains() {
    return sweeps.retains();
  }

  /// Copies whole records as they are. It never begins a segment: rows of new bodies in the one at
  /// hand are not committed yet.
  @Override
  public void prepare(List<Survivor> survivors) throws IOException {
    long start = active.position();
    copies.clear();
    try {
      for (Survivor survivor : survivors) {
        long at = active.position();
        if (copyRecord(survivor)) {
          copies.put(survivor, new BodyLocation(activeNumber, at));
        }
      }
      active.force(false);
    } catch (IOException failure) {
      active.truncate(start);
      throw failure;
    }
  }

  @Override
  public void write(Connection connection, List<Survivor> survivors) throws SQLException {
    try (PreparedStatement message =
            connection.prepareStatement(
                "update message set body_segment = ?, body_offset = ? where id = ?");
        PreparedStatement deliveries =
            connection.prepareStatement(
                "update delivery set body_segment = ? where message_id = ?")) {
      for (Map.Entry<Survivor, BodyLocation> copy : copies.entrySet()) {
        message.setLong(1, copy.getValue().segment());
        message.setLong(2, copy.getValue().offset());
        message.setObject(3, copy.getKey().messageId());
        message.addBatch();
        deliveries.setLong(1, copy.getValue().segment());
        deliveries.setObject(2, copy.getKey().messageId());
        deliveries.addBatch();
      }
      message.executeBatch();
      deliveries.executeBatch();
    }
  }

  private boolean copyRecord(Survivor survivor) throws IOException {
    BodyLocation from = survivor.location();
    try (FileChannel channel = folder.open(from.segment())) {
      long end = from.offset() + SegmentFolder.recordLength(channel, survivor.messageId(), from);
      long at = from.offset();
      while (at < end) {
        long count = channel.transferTo(at, end - at, active);
        if (count <= 0) {
          throw new IOException("segment %d ends at %d".formatted(from.segment(), at));
        }
        at += count;
      }
      return true;
    } catch (NoSuchFileException settled) {
      LOG.debug("segment {} is gone: nobody needs it any more", from.segment());
      return false;
    }
  }

  private void write(Accepting message) throws IOException {
    switch (message.acceptance().body()) {
      case SubmittedBody.InMemory(byte[] bytes) -> {
        CRC32C crc = new CRC32C();
        crc.update(bytes);
        ByteBuffer[] record = {
          header(message.facts().id(), bytes.length, (int) crc.getValue()), ByteBuffer.wrap(bytes)
        };
        long rest = SegmentFolder.HEADER + (long) bytes.length;
        while (rest > 0) {
          rest -= active.write(record);
        }
      }
      case SubmittedBody.OnDisk(Path file, long size) -> copy(message.facts().id(), file, size);
    }
  }

  /// Copies a large body block by block; its checksum is written into the header afterwards.
  private void copy(UUID id, Path file, long size) throws IOException {
    long start = active.position();
    active.position(start + SegmentFolder.HEADER);
    CRC32C crc = new CRC32C();
    try (FileChannel source = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer block = ByteBuffer.allocate(COPY_BLOCK);
      long copied = 0;
      while (source.read(block.clear()) >= 0) {
        block.flip();
        crc.update(block.duplicate());
        copied += block.remaining();
        while (block.hasRemaining()) {
          active.write(block);
        }
      }
      if (copied != size) {
        throw new IOException("%s has %d octets (expected: %d)".formatted(file, copied, size));
      }
    }
    ByteBuffer head = header(id, size, (int) crc.getValue());
    long at = start;
    while (head.hasRemaining()) {
      at += active.write(head, at);
    }
  }

  private ByteBuffer header(UUID id, long length, int checksum) {
    return header
        .clear()
        .putInt(SegmentFolder.MAGIC)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .putLong(length)
        .putInt(checksum)
        .flip();
  }
}

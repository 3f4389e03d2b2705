package dev.waybill.relay.queue;

import dev.waybill.relay.storage.Database;
import dev.waybill.relay.storage.StorageException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.sql.Connection;
import java.sql.PreparedStatement;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32C;
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
  private static final int MAGIC = 0x57_42_42_31;
  private static final int HEADER = 4 + 16 + 8 + 4;
  private static final int LENGTH_AT = 4 + 16;
  private static final int CHECKSUM_AT = LENGTH_AT + 8;

  /// Survivors are copied forward when they are so few and so small a part of their segment.
  private static final int MAX_SURVIVORS = 1_000;

  private static final int SMALL_PART = 4;
  private static final int COPY_BLOCK = 1 << 16;
  private static final String SUFFIX = ".segment";

  private final Database database;
  private final Path folder;
  private final long maxSegment;
  private final ByteBuffer header = ByteBuffer.allocate(HEADER);
  private final Map<Survivor, BodyLocation> copies = new HashMap<>();
  private FileChannel active;
  private volatile long activeNumber;

  /// The sweeping thread's own: what was closed at its last sweep.
  private long closedBelow;

  /// Opens the folder with a fresh segment to append to.
  SegmentBodyStore(Database database, Path folder, long maxSegment) throws IOException {
    this.database = database;
    this.folder = Files.createDirectories(folder);
    this.maxSegment = maxSegment;
    this.activeNumber = segments().stream().mapToLong(Long::longValue).max().orElse(0) + 1;
    this.closedBelow = activeNumber;
    this.active = create(activeNumber);
  }

  @Override
  public void append(List<Accepting> messages) throws IOException {
    if (active.position() >= maxSegment) {
      FileChannel full = active;
      long next = activeNumber + 1;
      active = create(next);
      activeNumber = next;
      full.close();
    }
    long start = active.position();
    try {
      for (Accepting message : messages) {
        message.storedAt(new BodyLocation(activeNumber, active.position()));
        write(message);
      }
      active.force(false);
    } catch (IOException failure) {
      active.truncate(start);
      throw failure;
    }
  }

  @Override
  public void insert(Connection connection, List<Accepting> messages) {
    // the bytes are in the segment already
  }

  @Override
  public byte[] read(UUID messageId, BodyLocation location) throws IOException {
    Path file = file(location.segment());
    try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
      ByteBuffer head = header(channel, messageId, location);
      int length = (int) head.getLong(LENGTH_AT);
      int checksum = head.getInt(CHECKSUM_AT);
      byte[] body = new byte[length];
      readFully(channel, ByteBuffer.wrap(body), location.offset() + HEADER);
      CRC32C crc = new CRC32C();
      crc.update(body);
      if ((int) crc.getValue() != checksum) {
        throw new DamagedBodyException(
            "the body of %s in %s is damaged".formatted(messageId, file));
      }
      return body;
    }
  }

  /// Deletes the closed segments into which no waiting delivery points.
  ///
  /// What lies in a segment has its rows before the next segment is begun, and none is added later;
  /// for good measure a segment must have been closed at the last sweep too. And what is read here
  /// is made durable before a file goes, so no body is removed because of a settlement that a crash
  /// could still undo.
  @Override
  public List<Survivor> sweep() throws SQLException, IOException {
    long open = activeNumber;
    Set<Long> closed = segments();
    closed.removeIf(number -> number >= closedBelow);
    closedBelow = open;
    if (closed.isEmpty()) {
      return List.of();
    }
    try (Connection connection = database.connect()) {
      Map<Long, Long> needed = deliveriesBySegment(connection, closed);
      closed.removeAll(needed.keySet());
      if (!closed.isEmpty()) {
        try (var _ = database.writing()) {
          // of the database that was asked, not of one that was opened since with the rows in it
          database.sync(connection);
        }
      }
      for (long number : closed) {
        Files.deleteIfExists(file(number));
        LOG.debug("segment {} removed: all its messages are settled", number);
      }
      Optional<Map.Entry<Long, Long>> least =
          needed.entrySet().stream().min(Map.Entry.comparingByValue());
      return least.isPresent() && least.get().getValue() <= MAX_SURVIVORS
          ? survivors(connection, least.get().getKey())
          : List.of();
    }
  }

  private static Map<Long, Long> deliveriesBySegment(Connection connection, Set<Long> segments)
      throws SQLException {
    Map<Long, Long> deliveries = new HashMap<>();
    try (PreparedStatement select =
            connection.prepareStatement(
                "select body_segment, count(*) from delivery group by body_segment");
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        if (segments.contains(row.getLong(1))) {
          deliveries.put(row.getLong(1), row.getLong(2));
        }
      }
    }
    return deliveries;
  }

  /// Those of a segment; none when they are too large a part of it.
  private List<Survivor> survivors(Connection connection, long segment) throws SQLException {
    List<Survivor> survivors = new ArrayList<>();
    long octets = 0;
    try (PreparedStatement select =
        connection.prepareStatement(
            """
            select id, body_offset, size from message
            where body_segment = ? and id in
              (select message_id from delivery where body_segment = ?)\
            """)) {
      select.setLong(1, segment);
      select.setLong(2, segment);
      try (ResultSet row = select.executeQuery()) {
        while (row.next()) {
          octets += HEADER + row.getLong(3);
          survivors.add(
              new Survivor(
                  row.getObject(1, UUID.class), new BodyLocation(segment, row.getLong(2))));
        }
      }
    }
    return octets <= maxSegment / SMALL_PART ? survivors : List.of();
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
    try (FileChannel channel = FileChannel.open(file(from.segment()), StandardOpenOption.READ)) {
      long end = from.offset() + HEADER + bodyLength(channel, survivor.messageId(), from);
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
        long rest = HEADER + (long) bytes.length;
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
    active.position(start + HEADER);
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

  private static long bodyLength(FileChannel channel, UUID messageId, BodyLocation location)
      throws IOException {
    return header(channel, messageId, location).getLong(LENGTH_AT);
  }

  /// @throws IOException when there is no record of the message
  private static ByteBuffer header(FileChannel channel, UUID messageId, BodyLocation location)
      throws IOException {
    ByteBuffer head = ByteBuffer.allocate(HEADER);
    readFully(channel, head, location.offset());
    head.flip();
    int magic = head.getInt();
    UUID id = new UUID(head.getLong(), head.getLong());
    long length = head.getLong();
    if (magic != MAGIC || !id.equals(messageId) || length < 0 || length > Integer.MAX_VALUE - 8) {
      throw new DamagedBodyException(
          "no body of %s at %d in segment %d"
              .formatted(messageId, location.offset(), location.segment()));
    }
    return head;
  }

  private ByteBuffer header(UUID id, long length, int checksum) {
    return header
        .clear()
        .putInt(MAGIC)
        .putLong(id.getMostSignificantBits())
        .putLong(id.getLeastSignificantBits())
        .putLong(length)
        .putInt(checksum)
        .flip();
  }

  private FileChannel create(long number) throws IOException {
    FileChannel channel =
        FileChannel.open(file(number), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    channel.force(true);
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    }
    return channel;
  }

  private Path file(long number) {
    return folder.resolve(number + SUFFIX);
  }

  private Set<Long> segments() throws IOException {
    Set<Long> numbers = new HashSet<>();
    try (DirectoryStream<Path> files = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      for (Path file : files) {
        String name = String.valueOf(file.getFileName());
        try {
          numbers.add(Long.parseLong(name.substring(0, name.length() - SUFFIX.length())));
        } catch (NumberFormatException stranger) {
          LOG.warn("{} is no segment of ours and is left alone", file);
        }
      }
    } catch (NoSuchFileException gone) {
      throw new StorageException("the folder of message bodies is gone: " + folder, gone);
    }
    return numbers;
  }

  private static void readFully(FileChannel channel, ByteBuffer target, long from)
      throws IOException {
    long at = from;
    while (target.hasRemaining()) {
      int count = channel.read(target, at);
      if (count < 0) {
        throw new DamagedBodyException("the segment ends at %d (expected: more)".formatted(at));
      }
      at += count;
    }
  }
}

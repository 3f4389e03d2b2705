package dev.waybill.relay.queue;

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
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Bodies in append-only segment files beside the embedded database.
///
/// A record is a header of 32 octets (magic, message id, length, CRC-32C of the body) and the body.
/// A crash can leave records that no row points to; they go with their segment. A process never
/// appends to a segment that an earlier process wrote.
final class SegmentBodyStore implements BodyStore {
  private static final Logger LOG = LoggerFactory.getLogger(SegmentBodyStore.class);
  private static final int MAGIC = 0x57_42_42_31;
  private static final int HEADER = 4 + 16 + 8 + 4;
  private static final int COPY_BLOCK = 1 << 16;
  private static final String SUFFIX = ".segment";

  private final Path folder;
  private final long maxSegment;
  private final ByteBuffer header = ByteBuffer.allocate(HEADER);
  private FileChannel active;
  private long activeNumber;

  /// Opens the folder with a fresh segment to append to.
  SegmentBodyStore(Path folder, long maxSegment) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.maxSegment = maxSegment;
    this.activeNumber = segments().stream().mapToLong(Long::longValue).max().orElse(0) + 1;
    this.active = create(activeNumber);
  }

  @Override
  public void append(List<Accepting> messages) throws IOException {
    if (active.position() >= maxSegment) {
      FileChannel full = active;
      active = create(activeNumber + 1);
      activeNumber++;
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
      ByteBuffer head = ByteBuffer.allocate(HEADER);
      readFully(channel, head, location.offset());
      head.flip();
      int magic = head.getInt();
      UUID id = new UUID(head.getLong(), head.getLong());
      long length = head.getLong();
      int checksum = head.getInt();
      if (magic != MAGIC || !id.equals(messageId) || length < 0 || length > Integer.MAX_VALUE - 8) {
        throw new DamagedBodyException(
            "no body of %s at %d in %s".formatted(messageId, location.offset(), file));
      }
      byte[] body = new byte[(int) length];
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

  /// Deletes the closed segments into which no waiting delivery points. Runs on the committing
  /// thread, so every body appended before it has its row.
  @Override
  public void sweep(Connection connection) throws SQLException, IOException {
    Set<Long> needed = new HashSet<>();
    try (PreparedStatement select =
            connection.prepareStatement("select distinct body_segment from delivery");
        ResultSet row = select.executeQuery()) {
      while (row.next()) {
        needed.add(row.getLong(1));
      }
    }
    for (long number : segments()) {
      if (number != activeNumber && !needed.contains(number)) {
        Files.deleteIfExists(file(number));
        LOG.debug("segment {} removed: all its messages are settled", number);
      }
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

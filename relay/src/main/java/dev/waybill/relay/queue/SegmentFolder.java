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
import java.util.SortedSet;
import java.util.TreeSet;
import java.util.UUID;
import java.util.zip.CRC32C;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// The folder of segment files, and how a record in one is read. Any thread may use it.
///
/// A record is a header of 32 octets (magic, message id, length, CRC-32C of the body) and the body.
final class SegmentFolder {
  static final int MAGIC = 0x57_42_42_31;
  static final int HEADER = 4 + 16 + 8 + 4;

  private static final Logger LOG = LoggerFactory.getLogger(SegmentFolder.class);
  private static final int LENGTH_AT = 4 + 16;
  private static final int CHECKSUM_AT = LENGTH_AT + 8;
  private static final String SUFFIX = ".segment";

  private final Path folder;

  SegmentFolder(Path folder) throws IOException {
    this.folder = Files.createDirectories(folder);
  }

  /// The numbers of the segments that are there, the oldest first.
  SortedSet<Long> numbers() throws IOException {
    SortedSet<Long> numbers = new TreeSet<>();
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

  /// A new segment whose name is on stable storage.
  FileChannel create(long number) throws IOException {
    FileChannel channel =
        FileChannel.open(file(number), StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE);
    channel.force(true);
    try (FileChannel directory = FileChannel.open(folder, StandardOpenOption.READ)) {
      directory.force(true);
    }
    return channel;
  }

  /// Opens a segment for reading.
  ///
  /// @throws NoSuchFileException when it is gone
  FileChannel open(long number) throws IOException {
    return FileChannel.open(file(number), StandardOpenOption.READ);
  }

  /// Its size in octets; 0 when it is gone.
  long size(long number) throws IOException {
    try {
      return Files.size(file(number));
    } catch (NoSuchFileException gone) {
      return 0;
    }
  }

  void delete(long number) throws IOException {
    Files.deleteIfExists(file(number));
  }

  /// @throws IOException when it is not there or not what was written
  byte[] read(UUID messageId, BodyLocation location) throws IOException {
    try (FileChannel channel = open(location.segment())) {
      ByteBuffer head = header(channel, messageId, location);
      int length = (int) head.getLong(LENGTH_AT);
      int checksum = head.getInt(CHECKSUM_AT);
      byte[] body = new byte[length];
      readFully(channel, ByteBuffer.wrap(body), location.offset() + HEADER);
      CRC32C crc = new CRC32C();
      crc.update(body);
      if ((int) crc.getValue() != checksum) {
        throw new DamagedBodyException(
            "the body of %s in %s is damaged".formatted(messageId, file(location.segment())));
      }
      return body;
    }
  }

  /// The length of a record, header and body.
  static long recordLength(FileChannel channel, UUID messageId, BodyLocation location)
      throws IOException {
    return HEADER + header(channel, messageId, location).getLong(LENGTH_AT);
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

  private Path file(long number) {
    return folder.resolve(number + SUFFIX);
  }
}

package dev.waybill.relay.transcripts;

import java.io.BufferedInputStream;
import java.io.DataInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.TreeMap;
import java.util.UUID;
import java.util.function.BiPredicate;
import java.util.zip.CRC32C;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Blocks in append-only files beside the embedded database, which would have to copy them again
/// and again to get rid of the old ones.
///
/// A file is named by the milliseconds of its beginning and ends before the next one begins. A
/// block has a head of 32 octets (magic, end of its last attempt, number of messages, length and
/// CRC-32C of its content), the ids of its messages and its content; a look reads the heads and ids
/// only. What a crash tore off ends its file: no process appends to a file of an earlier one.
final class FolderShelf implements Shelf {
  private static final Logger LOG = LoggerFactory.getLogger(FolderShelf.class);
  private static final int MAGIC = 0x57_42_54_31;
  private static final int HEAD = 32;
  private static final int ID = 16;
  private static final int MAX_MESSAGES = 100_000;
  private static final int MAX_CONTENT = 16 << 20;
  private static final int BUFFER = 1 << 17;
  private static final String SUFFIX = ".transcripts";

  /// So much of what is kept goes at a time.
  private static final int FILES = 24;

  private static final long LARGEST_FILE = 16L << 20;
  private static final Duration SHORTEST_SPAN = Duration.ofMinutes(1);

  private final Path folder;
  private final TranscriptSettings settings;
  private final Duration span;
  private final long largest;
  private @Nullable FileChannel active;
  private long activeNumber;

  FolderShelf(Path folder, TranscriptSettings settings) throws IOException {
    this.folder = Files.createDirectories(folder);
    this.settings = settings;
    Duration part = settings.kept().dividedBy(FILES);
    this.span = part.compareTo(SHORTEST_SPAN) > 0 ? part : SHORTEST_SPAN;
    this.largest = Math.min(LARGEST_FILE, settings.size() / FILES);
  }

  @Override
  public void put(Block block) throws IOException {
    FileChannel file = open(block.until());
    long start = file.position();
    try {
      ByteBuffer record = record(block);
      while (record.hasRemaining()) {
        file.write(record);
      }
    } catch (IOException failure) {
      try {
        file.truncate(start);
      } finally {
        close();
      }
      throw failure;
    }
  }

  @Override
  public List<byte[]> find(UUID messageId, Instant since) throws IOException {
    List<byte[]> found = new ArrayList<>();
    NavigableMap<Long, Path> files = files();
    for (Map.Entry<Long, Path> file : files.entrySet()) {
      Long next = files.higherKey(file.getKey());
      if (next == null || next >= since.toEpochMilli()) {
        walk(
            file.getValue(),
            (until, ids) -> until >= since.toEpochMilli() && ids.contains(messageId),
            found);
      }
    }
    return found;
  }

  @Override
  public void forget(Instant now) throws IOException {
    if (active != null && isOld(now)) {
      close();
    }
    NavigableMap<Long, Path> files = files();
    long cutoff = now.minus(settings.kept()).toEpochMilli();
    long total = 0;
    for (Map.Entry<Long, Path> file : files.descendingMap().entrySet()) {
      boolean writing = active != null && file.getKey() == activeNumber;
      Long next = files.higherKey(file.getKey());
      total += size(file.getValue());
      if (!writing
          && (total > settings.size()
              || (next == null ? end(file.getValue()) : next.longValue()) < cutoff)) {
        Files.deleteIfExists(file.getValue());
      }
    }
  }

  @Override
  public void close() {
    FileChannel file = active;
    active = null;
    if (file != null) {
      try {
        file.close();
      } catch (IOException failure) {
        LOG.debug("a file of transcripts was not closed well", failure);
      }
    }
  }

  private FileChannel open(Instant now) throws IOException {
    FileChannel file = active;
    if (file != null && (isOld(now) || file.position() >= largest)) {
      close();
      file = null;
    }
    if (file == null) {
      Map.Entry<Long, Path> last = files().lastEntry();
      activeNumber = Math.max(now.toEpochMilli(), last == null ? 0 : last.getKey() + 1);
      file =
          FileChannel.open(
              folder.resolve(activeNumber + SUFFIX),
              StandardOpenOption.CREATE_NEW,
              StandardOpenOption.WRITE);
      active = file;
    }
    return file;
  }

  private boolean isOld(Instant now) {
    return !Instant.ofEpochMilli(activeNumber).plus(span).isAfter(now);
  }

  private static ByteBuffer record(Block block) {
    CRC32C crc = new CRC32C();
    crc.update(block.content());
    ByteBuffer record =
        ByteBuffer.allocate(HEAD + ID * block.messages().size() + block.content().length)
            .putInt(MAGIC)
            .putLong(block.until().toEpochMilli())
            .putInt(block.messages().size())
            .putInt(block.content().length)
            .putInt((int) crc.getValue())
            .putLong(0);
    for (UUID id : block.messages()) {
      record.putLong(id.getMostSignificantBits()).putLong(id.getLeastSignificantBits());
    }
    return record.put(block.content()).flip();
  }

  /// The files that are there, the oldest first.
  private NavigableMap<Long, Path> files() throws IOException {
    NavigableMap<Long, Path> files = new TreeMap<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, "*" + SUFFIX)) {
      for (Path file : found) {
        String name = String.valueOf(file.getFileName());
        String number = name.substring(0, name.length() - SUFFIX.length());
        if (number.matches("[0-9]{1,18}")) {
          files.put(Long.parseLong(number), file);
        }
      }
    }
    return files;
  }

  private static long size(Path file) throws IOException {
    try {
      return Files.size(file);
    } catch (NoSuchFileException gone) {
      return 0;
    }
  }

  /// When the last attempt in a file ended; at the beginning of time when nothing in it is whole.
  private static long end(Path file) throws IOException {
    long[] last = {0};
    walk(
        file,
        (until, _) -> {
          last[0] = Math.max(last[0], until);
          return false;
        },
        new ArrayList<>());
    return last[0];
  }

  /// Reads a file's blocks up to its end, or to where it is torn off.
  ///
  /// @param wanted by the end of its last attempt and by its messages
  private static void walk(Path file, BiPredicate<Long, List<UUID>> wanted, List<byte[]> found)
      throws IOException {
    try (DataInputStream in =
        new DataInputStream(new BufferedInputStream(Files.newInputStream(file), BUFFER))) {
      while (in.readInt() == MAGIC) {
        long until = in.readLong();
        int messages = in.readInt();
        int length = in.readInt();
        int checksum = in.readInt();
        in.readLong();
        if (messages < 0 || messages > MAX_MESSAGES || length < 0 || length > MAX_CONTENT) {
          break;
        }
        List<UUID> ids = new ArrayList<>(messages);
        for (int i = 0; i < messages; i++) {
          ids.add(new UUID(in.readLong(), in.readLong()));
        }
        if (!wanted.test(until, ids)) {
          in.skipNBytes(length);
          continue;
        }
        byte[] content = new byte[length];
        in.readFully(content);
        CRC32C crc = new CRC32C();
        crc.update(content);
        if ((int) crc.getValue() == checksum) {
          found.add(content);
        }
      }
    } catch (EOFException end) {
      // where it ends, or where a crash tore it off
    } catch (NoSuchFileException forgotten) {
      LOG.debug("{} was removed while it was to be read", file);
    }
  }
}

package dev.waybill.relay.tracking;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.zip.CRC32;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Sightings that the journal could not take yet, in one file on stable storage, oldest first.
///
/// Confined to the recorder's thread, but for [#size]. A file that cannot be read or written is
/// reported once and left alone until the next start: what comes then waits in memory.
///
/// The file: eight octets that name it, eight that say where what still waits begins, then one
/// after the other a length, a CRC-32 and a sighting. What a crash cut off ends it.
final class Spill implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Spill.class);
  private static final long MAGIC = 0x5742_5350_494C_4C32L;
  private static final byte[] NOTHING = {};
  private static final int HEADER = 16;
  private static final int FRAME = 8;
  private static final int CHUNK = 512 * 1024;

  private final Path path;
  private final long limit;
  private final FileChannel file;
  private long begin = HEADER;
  private long end = HEADER;
  private boolean broken;

  /// A batch did not fit, and the file only shrinks when it is empty.
  private boolean full;

  private final ByteBuffer records = ByteBuffer.allocateDirect(CHUNK);
  private final AtomicInteger size = new AtomicInteger();

  /// Where the sightings given last end, and how many they were.
  private long givenEnd = HEADER;

  private int given;

  private Spill(Path path, long limit, FileChannel file) {
    this.path = path;
    this.limit = limit;
    this.file = file;
  }

  /// Opens the file, or makes it with mode 0600; one that is no spill is set aside.
  ///
  /// @param limit how many octets it may have
  static Spill open(Path path, long limit) throws IOException {
    Spill spill = new Spill(path, limit, channel(path));
    if (spill.isForeign()) {
      spill.close();
      Path aside = path.resolveSibling(path.getFileName() + ".unreadable");
      Files.move(path, aside, StandardCopyOption.REPLACE_EXISTING);
      LOG.error("{} holds no tracking events, it was moved to {}", path, aside);
      spill = new Spill(path, limit, channel(path));
    }
    spill.recover();
    return spill;
  }

  private static FileChannel channel(Path path) throws IOException {
    return FileChannel.open(
        path,
        Set.of(StandardOpenOption.CREATE, StandardOpenOption.READ, StandardOpenOption.WRITE),
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
  }

  boolean isEmpty() {
    return broken || begin == end;
  }

  /// Whether the journal had better take from it again.
  boolean isHalfFull() {
    return end > limit / 2;
  }

  /// How many wait; any thread may ask.
  int size() {
    return size.get();
  }

  /// Keeps all of them durably, or none.
  ///
  /// @return false when there is no room, until all that waits is gone, or the file cannot be
  ///   written
  boolean append(Collection<Sighting> sightings) {
    if (broken || full) {
      return false;
    }
    try {
      long at = end;
      records.clear();
      for (Sighting sighting : sightings) {
        if (records.remaining() < FRAME + SightingForm.MAX) {
          at = write(at);
        }
        frame(sighting);
        if (at + records.position() > limit) {
          full = true;
          cutOff();
          return false;
        }
      }
      at = write(at);
      file.force(false);
      end = at;
      size.addAndGet(sightings.size());
      return true;
    } catch (IOException failure) {
      LOG.warn("{} tracking events could not be written to {}", sightings.size(), path, failure);
      cutOff();
      return false;
    }
  }

  private void frame(Sighting sighting) {
    int start = records.position();
    records.position(start + FRAME);
    SightingForm.write(sighting, records);
    int length = records.position() - start - FRAME;
    CRC32 sum = new CRC32();
    sum.update(records.slice(start + FRAME, length));
    records.putInt(start, length).putInt(start + Integer.BYTES, (int) sum.getValue());
  }

  /// @return where the file ends now
  private long write(long from) throws IOException {
    long at = from;
    for (records.flip(); records.hasRemaining(); ) {
      at += file.write(records, at);
    }
    records.clear();
    return at;
  }

  /// What was written of a failed batch goes away, or the next one would stand behind it.
  private void cutOff() {
    try {
      file.truncate(end);
    } catch (IOException failure) {
      giveUp(failure);
    }
  }

  /// The oldest, at most so many; they stay until [#forgetGiven].
  List<Sighting> first(int most) {
    List<Sighting> sightings = new ArrayList<>();
    try {
      ByteBuffer chunk = read(begin);
      givenEnd = begin;
      while (sightings.size() < most) {
        int before = chunk.position();
        byte[] octets = next(chunk);
        if (octets.length == 0) {
          break;
        }
        sightings.add(SightingForm.read(octets));
        givenEnd += chunk.position() - before;
      }
      given = sightings.size();
      if (given == 0 && begin < end) {
        throw new IOException("damaged at octet " + begin);
      }
    } catch (IOException failure) {
      giveUp(failure);
      return List.of();
    }
    return sightings;
  }

  /// Drops those that [#first] gave: they are in the journal, or further behind.
  void forgetGiven() {
    try {
      begin = givenEnd;
      size.addAndGet(-given);
      given = 0;
      if (begin == end) {
        // in this order: a beginning behind the end means an empty file
        file.truncate(HEADER);
        begin = HEADER;
        end = HEADER;
        givenEnd = HEADER;
        full = false;
      }
      writeHeader();
    } catch (IOException failure) {
      giveUp(failure);
    }
  }

  @Override
  public void close() throws IOException {
    file.close();
  }

  private boolean isForeign() throws IOException {
    ByteBuffer magic = ByteBuffer.allocate(Long.BYTES);
    return file.size() > 0 && (file.read(magic, 0) < Long.BYTES || magic.getLong(0) != MAGIC);
  }

  /// Finds where what still waits begins and where what is whole ends.
  private void recover() throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER);
    long marked = file.read(header, 0) == HEADER ? header.getLong(Long.BYTES) : HEADER;
    end = Math.max(file.size(), HEADER);
    begin = marked < HEADER || marked > end ? HEADER : marked;
    long whole = begin;
    for (int found = -1; found != 0; size.addAndGet(found)) {
      ByteBuffer chunk = read(whole);
      found = 0;
      while (next(chunk).length > 0) {
        found++;
      }
      whole += chunk.position();
    }
    if (whole < end) {
      LOG.warn("{} octets at the end of {} are no whole tracking events", end - whole, path);
    }
    end = whole;
    file.truncate(end);
    writeHeader();
    if (size() > 0) {
      LOG.info("{} tracking events wait in {} for the journal", size(), path);
    }
  }

  private ByteBuffer read(long from) throws IOException {
    ByteBuffer chunk = ByteBuffer.allocate((int) Math.min(CHUNK, end - from));
    while (chunk.hasRemaining() && file.read(chunk, from + chunk.position()) > 0) {
      // until it is full or the file ends
    }
    return chunk.flip();
  }

  /// The next sighting's octets; none, and nothing read, when no whole one is left.
  private static byte[] next(ByteBuffer chunk) {
    int start = chunk.position();
    if (chunk.remaining() >= FRAME) {
      int length = chunk.getInt();
      int sum = chunk.getInt();
      if (length > 0 && length <= SightingForm.MAX && length <= chunk.remaining()) {
        byte[] octets = new byte[length];
        chunk.get(octets);
        if (sum == sum(octets)) {
          return octets;
        }
      }
    }
    chunk.position(start);
    return NOTHING;
  }

  private static int sum(byte[] octets) {
    CRC32 crc = new CRC32();
    crc.update(octets);
    return (int) crc.getValue();
  }

  private void writeHeader() throws IOException {
    ByteBuffer header = ByteBuffer.allocate(HEADER).putLong(MAGIC).putLong(begin).flip();
    for (int at = 0; header.hasRemaining(); ) {
      at += file.write(header, at);
    }
    file.force(true);
  }

  private void giveUp(IOException failure) {
    LOG.error("{} cannot be used until the next start", path, failure);
    broken = true;
  }
}

package dev.waybill.relay.submission;

import dev.waybill.relay.queue.SubmittedBody;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps one message while it arrives: in memory up to 1 MiB and as long as there is room for it,
/// in a file beyond. Confined to one thread.
///
/// It never fails: what cannot be kept is counted and forgotten, and [#state] says why.
final class BodySpool {
  /// How the keeping went.
  enum State {
    KEPT,
    TOO_LARGE,
    /// The folder did not take it.
    FAILED
  }

  /// Where messages are kept.
  ///
  /// @param folder for files
  /// @param maxSize octets of a message
  /// @param headSize octets of its beginning that [#head] gives, unless it has fewer
  /// @param memory what all messages on their way in share, in pieces of [#UNIT]
  record Room(Path folder, long maxSize, int headSize, Semaphore memory) {}

  /// Memory is shared out in KiB.
  static final int UNIT = 1_024;

  private static final Logger LOG = LoggerFactory.getLogger(BodySpool.class);
  private static final int IN_MEMORY = 1024 * 1024;

  /// Every message may have so much; an idle connection has no message.
  private static final int FREE = 4 * UNIT;

  private static final byte[] NOTHING = {};
  private static final String PREFIX = "submission-";
  private static final String SUFFIX = ".eml";

  private final Room room;
  private byte[] memory = NOTHING;
  private int taken;
  private int used;
  private long size;
  private State state = State.KEPT;
  private @Nullable Path file;
  private @Nullable OutputStream out;

  /// @param expected what the client announced in octets, 0 when nothing
  BodySpool(Room room, long expected) {
    this.room = room;
    if (!grow((int) Math.clamp(expected, FREE, 64 * UNIT))) {
      grow(FREE);
    }
  }

  /// Makes the folder and removes what a crash left in it.
  static void prepare(Path folder) throws IOException {
    Files.createDirectories(folder);
    try (DirectoryStream<Path> leftovers =
        Files.newDirectoryStream(folder, PREFIX + "*" + SUFFIX)) {
      for (Path leftover : leftovers) {
        Files.deleteIfExists(leftover);
      }
    }
  }

  void append(byte[] octets, int from, int length) {
    if (state != State.KEPT || length == 0) {
      return;
    }
    size += length;
    if (size > room.maxSize()) {
      state = State.TOO_LARGE;
      discard();
      return;
    }
    if (out == null && hasRoom(length)) {
      System.arraycopy(octets, from, memory, used, length);
      used += length;
      return;
    }
    try {
      spilled().write(octets, from, length);
    } catch (IOException failure) {
      failed(failure);
    }
  }

  State state() {
    return state;
  }

  /// Closes the file, if there is one.
  State finish() {
    if (state == State.KEPT && out != null) {
      try {
        out.close();
      } catch (IOException failure) {
        failed(failure);
      }
    }
    return state;
  }

  /// The whole message; only when [#finish] said that it was kept.
  SubmittedBody body() {
    if (file != null) {
      return new SubmittedBody.OnDisk(file, size);
    }
    if (used < memory.length) {
      memory = Arrays.copyOf(memory, used);
    }
    return new SubmittedBody.InMemory(memory);
  }

  /// As much of its beginning as admission wants to see, or more; only when [#finish] said that it
  /// was kept.
  ///
  /// @throws IOException when the file does not give it back
  byte[] head() throws IOException {
    if (file == null) {
      return memory;
    }
    try (InputStream in = Files.newInputStream(file)) {
      return in.readNBytes(room.headSize());
    }
  }

  /// Forgets everything.
  void discard() {
    forgetMemory();
    try {
      if (out != null) {
        out.close();
        out = null;
      }
    } catch (IOException failure) {
      LOG.debug("closing {}", file, failure);
    }
    if (file != null) {
      try {
        Files.deleteIfExists(file);
      } catch (IOException failure) {
        LOG.warn("{} stays until the next start", file, failure);
      }
      file = null;
    }
  }

  private boolean hasRoom(int length) {
    int needed = used + length;
    return needed <= memory.length
        || (size <= IN_MEMORY && grow(Math.clamp(memory.length * 2L, needed, IN_MEMORY)));
  }

  /// @return false when the messages on their way in have the memory already
  private boolean grow(int capacity) {
    int more = Math.ceilDiv(capacity - FREE, UNIT) - taken;
    if (more > 0 && !room.memory().tryAcquire(more)) {
      return false;
    }
    taken += Math.max(0, more);
    memory = Arrays.copyOf(memory, capacity);
    return true;
  }

  private void forgetMemory() {
    memory = NOTHING;
    used = 0;
    room.memory().release(taken);
    taken = 0;
  }

  private OutputStream spilled() throws IOException {
    if (out != null) {
      return out;
    }
    file = Files.createTempFile(room.folder(), PREFIX, SUFFIX);
    OutputStream opened = Files.newOutputStream(file);
    out = opened;
    opened.write(memory, 0, used);
    forgetMemory();
    return opened;
  }

  private void failed(IOException failure) {
    LOG.error("a message could not be written to {}", room.folder(), failure);
    state = State.FAILED;
    discard();
  }
}

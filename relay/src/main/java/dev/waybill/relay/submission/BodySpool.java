package dev.waybill.relay.submission;

import dev.waybill.relay.admission.Admission;
import dev.waybill.relay.queue.SubmittedBody;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Keeps one message while it arrives: in memory up to 1 MiB, in a file beyond. Confined to one
/// thread.
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

  private static final Logger LOG = LoggerFactory.getLogger(BodySpool.class);
  private static final int IN_MEMORY = 1024 * 1024;
  private static final int FIRST = 4 * 1024;
  private static final String PREFIX = "submission-";
  private static final String SUFFIX = ".eml";

  private final Path folder;
  private final long maxSize;
  private byte[] memory;
  private int used;
  private long size;
  private State state = State.KEPT;
  private @Nullable Path file;
  private @Nullable OutputStream out;

  /// @param expected what the client announced in octets, 0 when nothing
  BodySpool(Path folder, long maxSize, long expected) {
    this.folder = folder;
    this.maxSize = maxSize;
    this.memory = new byte[(int) Math.clamp(expected, FIRST, 64 * 1024)];
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
    if (size > maxSize) {
      state = State.TOO_LARGE;
      discard();
      return;
    }
    if (out == null && size <= IN_MEMORY) {
      if (used + length > memory.length) {
        memory =
            Arrays.copyOf(memory, Math.min(IN_MEMORY, Math.max(memory.length * 2, used + length)));
      }
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

  /// As much of its beginning as admission wants to see, or more.
  byte[] head() {
    return memory;
  }

  /// Forgets everything.
  void discard() {
    memory = new byte[0];
    used = 0;
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

  private OutputStream spilled() throws IOException {
    if (out != null) {
      return out;
    }
    file = Files.createTempFile(folder, PREFIX, SUFFIX);
    OutputStream opened = Files.newOutputStream(file);
    out = opened;
    opened.write(memory, 0, used);
    memory = Arrays.copyOf(memory, Math.min(used, Admission.HEAD));
    return opened;
  }

  private void failed(IOException failure) {
    LOG.error("a message could not be written to {}", folder, failure);
    state = State.FAILED;
    discard();
  }
}

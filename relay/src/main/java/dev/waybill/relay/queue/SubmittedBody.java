package dev.waybill.relay.queue;

import java.nio.file.Path;
import java.util.Objects;

/// The bytes of a message as its application submitted them, header included, every line ended by
/// CR LF, dots un-stuffed.
public sealed interface SubmittedBody {
  /// How many octets.
  long size();

  /// A message held in memory; the array must not change any more.
  record InMemory(byte[] bytes) implements SubmittedBody {
    public InMemory {
      Objects.requireNonNull(bytes, "bytes");
    }

    @Override
    public long size() {
      return bytes.length;
    }
  }

  /// A large message in a file that whoever accepts it may read until acceptance is over.
  record OnDisk(Path file, long size) implements SubmittedBody {}
}

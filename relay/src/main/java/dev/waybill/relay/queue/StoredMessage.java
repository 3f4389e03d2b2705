package dev.waybill.relay.queue;

import dev.waybill.relay.storage.StorageException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.NoSuchFileException;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// An accepted message: its facts, and its bytes where and when they are needed.
///
/// Any thread may use it. All deliveries of a message that are in memory share one of these, so
/// what is derived from the bytes can be cached by its identity.
public final class StoredMessage {
  /// Reads the bytes back from stable storage.
  @FunctionalInterface
  public interface Source {
    byte[] read() throws IOException;
  }

  private final MessageFacts facts;
  private final Source source;
  private final byte @Nullable [] bytes;

  private StoredMessage(MessageFacts facts, Source source, byte @Nullable [] bytes) {
    this.facts = Objects.requireNonNull(facts, "facts");
    this.source = Objects.requireNonNull(source, "source");
    this.bytes = bytes;
  }

  /// A message whose bytes are at hand.
  public static StoredMessage inMemory(MessageFacts facts, byte[] bytes) {
    return new StoredMessage(facts, () -> bytes, bytes);
  }

  /// A message whose bytes are read when asked for.
  public static StoredMessage onDisk(MessageFacts facts, Source source) {
    return new StoredMessage(facts, source, null);
  }

  public MessageFacts facts() {
    return facts;
  }

  /// The submitted bytes; they must not be changed.
  ///
  /// @throws StorageException when the storage does not give them back now
  /// @throws UncheckedIOException when they are damaged or gone
  public byte[] bytes() {
    if (bytes != null) {
      return bytes;
    }
    try {
      return source.read();
    } catch (DamagedBodyException | NoSuchFileException loss) {
      throw new UncheckedIOException("the body of " + facts.id() + " is not there", loss);
    } catch (IOException failure) {
      throw new StorageException("the body of " + facts.id() + " cannot be read", failure);
    }
  }
}

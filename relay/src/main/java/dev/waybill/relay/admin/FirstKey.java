package dev.waybill.relay.admin;

import dev.waybill.relay.access.ApiKey;
import dev.waybill.relay.access.ApiKeys;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.Set;
import java.util.function.BooleanSupplier;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/// Gives a new installation its first key: full access, in a file that only its owner may read.
///
/// To be called by the starting thread before the doors open.
public final class FirstKey {
  /// The file's name within the data folder.
  public static final String FILE = "admin.key";

  private static final Logger LOG = LoggerFactory.getLogger(FirstKey.class);

  private FirstKey() {}

  /// Makes the key when the relay has no key at all; an operator who lost or removed every key gets
  /// a new one at the next start. The file may be deleted once the key is kept elsewhere.
  ///
  /// @throws IOException when the file cannot be written; the next start tries again
  public static void ensure(Path dataDir, ApiKeys keys) throws IOException {
    ensure(
        dataDir,
        () -> keys.list().isEmpty(),
        () ->
            keys.create("admin.key", ApiKey.Permission.FULL_ACCESS, ApiKey.Sending.ANYTHING)
                .token());
  }

  /// An empty file is put there before the key is made: should the relay die in between, the empty
  /// file tells the next start that nobody has seen the key.
  static void ensure(Path dataDir, BooleanSupplier noKeys, Supplier<String> newToken)
      throws IOException {
    Path file = dataDir.resolve(FILE);
    boolean unfinished = Files.exists(file) && Files.size(file) == 0;
    if (!unfinished && !noKeys.getAsBoolean()) {
      return;
    }
    Path draft = dataDir.resolve(FILE + ".new");
    Files.deleteIfExists(draft);
    write(draft, "");
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    write(draft, newToken.get() + "\n");
    Files.move(draft, file, StandardCopyOption.ATOMIC_MOVE);
    LOG.info("A full-access API key was written to {}", file);
  }

  private static void write(Path file, String text) throws IOException {
    try (FileChannel channel =
        FileChannel.open(
            file,
            Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
            PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")))) {
      ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
      while (bytes.hasRemaining()) {
        channel.write(bytes);
      }
      channel.force(true);
    }
  }
}

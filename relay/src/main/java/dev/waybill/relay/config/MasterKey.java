package dev.waybill.relay.config;

import dev.waybill.relay.storage.Sealing;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.HexFormat;
import java.util.random.RandomGenerator;

/// The secret that seals all other secrets, and the one that they may still be sealed with. Called
/// once, by the thread that starts the relay.
public final class MasterKey {
  private static final String FILE = "master.key";
  private static final int LENGTH = 32;

  private MasterKey() {}

  /// The sealing under both.
  ///
  /// @throws IOException when the file can be neither read nor made
  public static Sealing sealing(RelaySettings.Machine machine, RandomGenerator random)
      throws IOException {
    return new Sealing(
        of(machine, random),
        machine.previousMasterKey().map(key -> key.getBytes(StandardCharsets.UTF_8)).stream()
            .toList());
  }

  /// The operator's own, or the one kept in the data folder, which is made at the first start.
  ///
  /// @throws IOException when the file can be neither read nor made
  private static byte[] of(RelaySettings.Machine machine, RandomGenerator random)
      throws IOException {
    if (machine.masterKey().isPresent()) {
      return machine.masterKey().get().getBytes(StandardCharsets.UTF_8);
    }
    Path file = machine.dataDir().resolve(FILE);
    if (!Files.exists(file)) {
      make(file, random);
    }
    return Files.readString(file).strip().getBytes(StandardCharsets.UTF_8);
  }

  /// Durable before anything is sealed with it: losing it would lose every signing key.
  private static void make(Path file, RandomGenerator random) throws IOException {
    byte[] secret = new byte[LENGTH];
    random.nextBytes(secret);
    Path unfinished = file.resolveSibling(FILE + ".new");
    Files.deleteIfExists(unfinished);
    Files.createFile(
        unfinished,
        PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rw-------")));
    Files.writeString(unfinished, HexFormat.of().formatHex(secret) + "\n", StandardOpenOption.SYNC);
    Files.move(unfinished, file, StandardCopyOption.ATOMIC_MOVE);
    try (FileChannel folder =
        FileChannel.open(file.toAbsolutePath().getParent(), StandardOpenOption.READ)) {
      folder.force(true);
    }
  }
}

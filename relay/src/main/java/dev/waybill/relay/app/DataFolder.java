package dev.waybill.relay.app;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;

/// The folder for everything that must survive a restart. Stateless.
final class DataFolder {
  private DataFolder() {}

  /// Makes it where it is not there. It holds keys and mail: nobody else may look into it.
  static Path of(Path folder) throws IOException {
    if (!Files.isDirectory(folder)) {
      Files.createDirectories(
          folder,
          PosixFilePermissions.asFileAttribute(PosixFilePermissions.fromString("rwx------")));
    }
    return folder;
  }
}

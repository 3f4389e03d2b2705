package dev.waybill.cli.commands;

import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.Base64;

/// Reads a picture that goes to the relay, which tells by itself what it is. Stateless.
final class LogoFile {
  private static final int LARGEST = 64 * 1024;

  private LogoFile() {}

  /// The picture that `option` named, as a `data:` URL (RFC 2397).
  static String read(String option, Path path) throws Failure {
    byte[] picture;
    try (InputStream file = Files.newInputStream(path)) {
      picture = file.readNBytes(LARGEST + 1);
    } catch (NoSuchFileException _) {
      throw refused(option, "there is no file " + path);
    } catch (IOException e) {
      throw refused(option, "cannot read " + path + ": " + e.getMessage());
    }
    if (picture.length == 0 || picture.length > LARGEST) {
      throw refused(option, path + " (expected: a picture of at most 64 KiB)");
    }
    return "data:application/octet-stream;base64," + Base64.getEncoder().encodeToString(picture);
  }

  private static Failure refused(String option, String why) {
    return new Failure(ExitCode.USAGE, option + ": " + why, "");
  }
}

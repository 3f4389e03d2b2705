package dev.waybill.cli.commands;

import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/// Reads a private key that goes to the relay as it is. Stateless.
final class KeyFile {
  private static final int LARGEST = 64 * 1024;

  private KeyFile() {}

  /// The text of a PEM file that `option` named. A public key or certificate is refused here,
  /// before it is sent for nothing.
  static String read(String option, Path path) throws Failure {
    byte[] text;
    try (InputStream file = Files.newInputStream(path)) {
      text = file.readNBytes(LARGEST + 1);
    } catch (NoSuchFileException _) {
      throw refused(option, "there is no file " + path);
    } catch (IOException e) {
      throw refused(option, "cannot read " + path + ": " + e.getMessage());
    }
    String pem = new String(text, StandardCharsets.US_ASCII);
    if (text.length > LARGEST || !pem.contains("PRIVATE KEY-----")) {
      throw refused(
          option, path + " (expected: a private key in PEM, '-----BEGIN PRIVATE KEY-----')");
    }
    return pem;
  }

  private static Failure refused(String option, String why) {
    return new Failure(ExitCode.USAGE, option + ": " + why, "");
  }
}

package dev.waybill.relay.report;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Stream;

/// The samples of `cases/bounces`, each with what is expected of it in `expected.csv`.
///
/// @param file its name
/// @param kind `bounce`, `complaint`, an action of a delivery report, or what else it is
/// @param cause the bounce's class; empty for no bounce
/// @param permanence empty for no bounce
public record BounceSample(String file, String kind, String cause, String permanence) {
  private static final Path FOLDER = Path.of("src/test/resources/cases/bounces");

  /// Every line of the table.
  public static List<BounceSample> all() throws IOException {
    return Files.readAllLines(FOLDER.resolve("expected.csv")).stream()
        .skip(1)
        .map(line -> line.split(",", -1))
        .map(cells -> new BounceSample(cells[0], cells[1], cells[2], cells[3]))
        .toList();
  }

  /// The files that are there.
  static TreeSet<String> files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return new TreeSet<>(
          files
              .map(file -> file.getFileName().toString())
              .filter(n -> n.endsWith(".eml"))
              .toList());
    }
  }

  /// The sample as the file has it.
  byte[] raw() throws IOException {
    return Files.readAllBytes(FOLDER.resolve(file));
  }

  /// The sample as it comes over SMTP: with CR LF.
  public byte[] bytes() throws IOException {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    int before = 0;
    for (byte octet : raw()) {
      if (octet == '\n' && before != '\r') {
        bytes.write('\r');
      }
      bytes.write(octet);
      before = octet;
    }
    return bytes.toByteArray();
  }

  @Override
  public String toString() {
    return file;
  }
}

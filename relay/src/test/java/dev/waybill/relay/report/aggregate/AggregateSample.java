package dev.waybill.relay.report.aggregate;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Base64;
import java.util.List;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import java.util.zip.GZIPOutputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/// The samples of `cases/dmarc`, each with what is expected of it in `expected.csv`. They are
/// written in the styles of those whose names they bear, and stand for no mail that ever was.
///
/// @param name its file without the ending
/// @param mediaType what the letter says that the file is
/// @param packing `plain`, `gzip` or `zip`
/// @param expected what it reads as, in words that [#told] uses too
public record AggregateSample(String name, String mediaType, String packing, String expected) {
  private static final Path FOLDER = Path.of("src/test/resources/cases/dmarc");

  /// Every line of the table.
  public static List<AggregateSample> all() throws IOException {
    return Files.readAllLines(FOLDER.resolve("expected.csv")).stream()
        .skip(1)
        .map(line -> line.split(", ", 4))
        .map(cells -> new AggregateSample(cells[0], cells[1], cells[2], cells[3]))
        .toList();
  }

  /// One of them.
  public static AggregateSample named(String name) throws IOException {
    return all().stream().filter(sample -> sample.name().equals(name)).findFirst().orElseThrow();
  }

  /// The documents that are there.
  static TreeSet<String> files() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      return files
          .map(file -> file.getFileName().toString())
          .filter(name -> name.endsWith(".xml"))
          .map(name -> name.substring(0, name.length() - ".xml".length()))
          .collect(Collectors.toCollection(TreeSet::new));
    }
  }

  /// What a reading is, as the table has it.
  static String told(AggregateReader.Reading reading) {
    return switch (reading) {
      case AggregateReader.Reading.NoReport() -> "none";
      case AggregateReader.Reading.Unreadable(String problem) -> "unreadable, " + problem;
      case AggregateReader.Reading.Readable(AggregateReport report) ->
          "report, %s, %d, %d, %d, %s"
              .formatted(
                  report.reporter().organization(),
                  report.messages(),
                  report.passed(),
                  report.rows().size(),
                  report.policy().policy() == null ? "-" : report.policy().policy().text());
    };
  }

  /// The document by itself.
  public byte[] document() throws IOException {
    return Files.readAllBytes(FOLDER.resolve(name + ".xml"));
  }

  /// The letter that brings it.
  public byte[] letter() throws IOException {
    return letter(document());
  }

  /// As [#letter()], with another document.
  public byte[] letter(byte[] document) throws IOException {
    return letter(
        mediaType,
        switch (packing) {
          case "gzip" -> gzip(document);
          case "zip" -> zip("receiver.test!shop.example!1!2.xml", document);
          default -> document;
        });
  }

  /// A letter with words and a file.
  static byte[] letter(String mediaType, byte[] file) {
    String head =
        """
        From: noreply@reporter.test
        To: dmarc@send.shop.example
        Subject: Report Domain: shop.example Submitter: reporter.test
        MIME-Version: 1.0
        Content-Type: multipart/mixed; boundary="b1"

        --b1
        Content-Type: text/plain

        This is an aggregate report.
        --b1
        Content-Type: %s; name="report"
        Content-Transfer-Encoding: base64
        Content-Disposition: attachment; filename="report"

        """
            .formatted(mediaType);
    return joined(
        head.replace("\n", "\r\n").getBytes(StandardCharsets.US_ASCII),
        Base64.getMimeEncoder().encode(file),
        "\r\n--b1--\r\n".getBytes(StandardCharsets.US_ASCII));
  }

  static byte[] gzip(byte[] document) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (GZIPOutputStream gzip = new GZIPOutputStream(packed)) {
      gzip.write(document);
    }
    return packed.toByteArray();
  }

  /// An archive of one file.
  static byte[] zip(String name, byte[] document) throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(packed)) {
      zip.putNextEntry(new ZipEntry(name));
      zip.write(document);
      zip.closeEntry();
    }
    return packed.toByteArray();
  }

  static byte[] joined(byte[]... pieces) {
    ByteArrayOutputStream all = new ByteArrayOutputStream();
    Arrays.stream(pieces).forEach(all::writeBytes);
    return all.toByteArray();
  }

  @Override
  public String toString() {
    return name;
  }
}

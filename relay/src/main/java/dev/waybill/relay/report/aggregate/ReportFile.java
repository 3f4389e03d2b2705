package dev.waybill.relay.report.aggregate;

import dev.waybill.relay.report.Attachment;
import java.io.BufferedInputStream;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.io.Reader;
import java.nio.charset.Charset;
import java.nio.charset.CodingErrorAction;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Optional;
import java.util.zip.GZIPInputStream;
import java.util.zip.ZipEntry;
import java.util.zip.ZipInputStream;

/// Finds the report among a letter's parts and unpacks it (RFC 9990 §3, RFC 7489 §7.2.1.1).
/// Stateless.
///
/// Types and names of files are what their senders make of them, so the first octets say what a
/// part is.
final class ReportFile {
  private static final int MOST_ENTRIES = 10;
  private static final int LOOK_AT = 4_096;
  private static final String ROOT = "<feedback";

  private ReportFile() {}

  /// The text of the first part that may be a report; empty where none may.
  ///
  /// @throws IOException also a [ReportFault], when the file cannot be opened
  static Optional<Reader> open(byte[] letter) throws IOException {
    for (Attachment part : Attachment.of(letter, letter.length)) {
      byte[] content = part.content();
      if (begins(content, 0x1F, 0x8B)) {
        InputStream packed = new ByteArrayInputStream(content);
        return Optional.of(text(bounded(new GZIPInputStream(packed), content)));
      }
      if (begins(content, 'P', 'K', 3, 4)) {
        return Optional.of(text(firstDocument(content)));
      }
      if (isXml(part)) {
        return Optional.of(text(bounded(new ByteArrayInputStream(content), content)));
      }
    }
    return Optional.empty();
  }

  /// The first document of an archive. What lies in front of it is unpacked too, and counts.
  private static InputStream firstDocument(byte[] content) throws IOException {
    ZipInputStream archive = new ZipInputStream(new ByteArrayInputStream(content));
    InputStream bounded = bounded(archive, content);
    for (int entries = 0; entries < MOST_ENTRIES; entries++) {
      ZipEntry entry = archive.getNextEntry();
      if (entry == null) {
        break;
      }
      if (entry.getName().toLowerCase(Locale.ROOT).endsWith(".xml")) {
        return bounded;
      }
      bounded.transferTo(OutputStream.nullOutputStream());
    }
    throw new ReportFault("the archive has no XML document among its first files");
  }

  private static boolean isXml(Attachment part) {
    byte[] content = part.content();
    String start =
        new String(
            content, 0, Math.min(content.length, LOOK_AT), charset(content, 0, content.length));
    String text = start.startsWith("\uFEFF") ? start.substring(1) : start;
    return text.stripLeading().startsWith("<")
        && (part.mediaType().contains("xml")
            || part.mediaType().equals("application/octet-stream")
            || text.contains(ROOT));
  }

  /// Nothing but a byte order mark is believed: what matters of a report is ASCII, and a name in
  /// another charset may come out with replacement characters.
  private static Reader text(InputStream document) throws IOException {
    BufferedInputStream in = new BufferedInputStream(document);
    in.mark(LOOK_AT);
    byte[] mark = in.readNBytes(3);
    in.reset();
    Charset charset = charset(mark, 0, mark.length);
    if (charset.equals(StandardCharsets.UTF_8) && begins(mark, 0xEF, 0xBB, 0xBF)) {
      in.skipNBytes(3);
    }
    return new GuardedText(
        new InputStreamReader(
            in,
            charset
                .newDecoder()
                .onMalformedInput(CodingErrorAction.REPLACE)
                .onUnmappableCharacter(CodingErrorAction.REPLACE)));
  }

  private static Charset charset(byte[] content, int from, int to) {
    boolean marked =
        to - from >= 2
            && ((content[from] == (byte) 0xFE && content[from + 1] == (byte) 0xFF)
                || (content[from] == (byte) 0xFF && content[from + 1] == (byte) 0xFE));
    return marked ? StandardCharsets.UTF_16 : StandardCharsets.UTF_8;
  }

  private static InputStream bounded(InputStream in, byte[] packed) {
    return new BoundedStream(in, packed.length);
  }

  private static boolean begins(byte[] content, int... octets) {
    for (int i = 0; i < octets.length; i++) {
      if (i >= content.length || (content[i] & 0xFF) != octets[i]) {
        return false;
      }
    }
    return true;
  }
}

package dev.waybill.relay.report.aggregate;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/// Files that are made to hurt: each is refused with a reason, and none takes more than its bounds.
class SurvivesHostileReportsTest {
  private static final int MIB = 1 << 20;

  private byte[] good = new byte[0];

  @BeforeEach
  void read() throws IOException {
    good = AggregateSample.named("001-google").document();
  }

  @Test
  void aFileThatUnpacksToFarMoreThanItIs() throws IOException {
    byte[] bomb = AggregateSample.gzip(spaces(60 * MIB));
    assertThat(bomb.length).isLessThan(MIB);
    assertThat(told("application/gzip", bomb)).startsWith("unreadable, it unpacks to more than");
    assertThat(told("application/zip", AggregateSample.zip("a.xml", spaces(60 * MIB))))
        .startsWith("unreadable, it unpacks to more than");
  }

  @Test
  void aBombInFrontOfTheReport() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(packed)) {
      zip.putNextEntry(new ZipEntry("0.txt"));
      zip.write(spaces(60 * MIB));
      zip.putNextEntry(new ZipEntry("1.xml"));
      zip.write(good);
    }
    assertThat(told("application/zip", packed.toByteArray()))
        .startsWith("unreadable, it unpacks to more than");
  }

  @Test
  void anArchiveWhoseNamesLeadElsewhere() throws IOException {
    assertThat(told("application/zip", AggregateSample.zip("../../../etc/cron.d/x.XML", good)))
        .startsWith("report, google.com");
    assertThat(told("application/zip", AggregateSample.zip("report.txt", good)))
        .isEqualTo("unreadable, the archive has no XML document among its first files");
  }

  @Test
  void anArchiveOfManyFiles() throws IOException {
    ByteArrayOutputStream packed = new ByteArrayOutputStream();
    try (ZipOutputStream zip = new ZipOutputStream(packed)) {
      for (int i = 0; i < 1_000; i++) {
        zip.putNextEntry(new ZipEntry(i + ".txt"));
      }
      zip.putNextEntry(new ZipEntry("report.xml"));
      zip.write(good);
    }
    assertThat(told("application/zip", packed.toByteArray()))
        .isEqualTo("unreadable, the archive has no XML document among its first files");
  }

  @Test
  void aFileThatBreaksOff() throws IOException {
    byte[] packed = AggregateSample.gzip(good);
    // a checksum that is missing behind the whole document is not missed
    for (int length = 2; length < packed.length * 3 / 4; length += 7) {
      assertThat(told("application/gzip", Arrays.copyOf(packed, length)))
          .startsWith("unreadable, ");
    }
    byte[] archive = AggregateSample.zip("a.xml", good);
    assertThat(told("application/zip", Arrays.copyOf(archive, archive.length / 3)))
        .startsWith("unreadable, ");
    byte[] damaged = packed.clone();
    Arrays.fill(damaged, 40, 60, (byte) 0x55);
    assertThat(told("application/gzip", damaged)).startsWith("unreadable, ");
  }

  @Test
  void piecesWithoutAnEnd() throws IOException {
    String piece = "x".repeat(GuardedText.MOST_RUN);
    for (String hostile :
        new String[] {
          "<feedback a='" + piece + "'>",
          "<feedback>" + piece,
          "<feedback><!-- " + "< > ".repeat(GuardedText.MOST_RUN) + " -->",
          "<feedback><![CDATA[" + "<a>".repeat(GuardedText.MOST_RUN) + "]]>",
          "<?x " + "<a>".repeat(GuardedText.MOST_RUN) + "?><feedback>",
        }) {
      assertThat(told("text/xml", hostile.getBytes(StandardCharsets.UTF_8)))
          .startsWith("unreadable, a piece of it is longer than 65536 characters");
    }
  }

  @Test
  void aDocumentTypeHoweverItIsWritten() throws IOException {
    for (String hostile :
        new String[] {
          "<!DOCTYPE feedback>", "<!doctype x [<!ENTITY a 'b'>]>", "<!-- x --><!DOCTYPE feedback>",
        }) {
      String document = hostile + new String(good, StandardCharsets.UTF_8).substring(40);
      assertThat(told("text/xml", document.getBytes(StandardCharsets.UTF_8)))
          .startsWith("unreadable, it has a document type");
      assertThat(told("text/xml", document.getBytes(StandardCharsets.UTF_16)))
          .startsWith("unreadable, it has a document type");
    }
  }

  @Test
  void moreRecordsThanAnybodyWrites() throws IOException {
    String record = "<record><row><source_ip>192.0.2.1</source_ip><count>1</count></row></record>";
    String start =
        "<feedback><report_metadata><org_name>o</org_name><report_id>i</report_id><date_range>"
            + "<begin>0</begin><end>1</end></date_range></report_metadata>"
            + "<policy_published><domain>shop.example</domain></policy_published>";
    byte[] most = (start + record.repeat(100_000) + "</feedback>").getBytes(StandardCharsets.UTF_8);
    byte[] more = (start + record.repeat(100_001) + "</feedback>").getBytes(StandardCharsets.UTF_8);
    // as plain text the ratio is one; the letter's own size is somebody else's bound
    assertThat(told("text/xml", most)).isEqualTo("report, o, 100000, 0, 1, -");
    assertThat(told("text/xml", more)).isEqualTo("unreadable, it has more than 100000 records");
  }

  @Test
  void textThatWouldSteerATerminal() throws IOException {
    String document =
        new String(good, StandardCharsets.UTF_8)
            .replace(
                "<org_name>google.com", "<org_name>goo\u202egle\u009b31m\n.com" + "x".repeat(999))
            .replace("<selector>wb1", "<selector>wb1\u2028\u200e");
    AggregateReader.Reading reading =
        AggregateReader.read(
            AggregateSample.letter("text/xml", document.getBytes(StandardCharsets.UTF_8)));
    AggregateReport report = ((AggregateReader.Reading.Readable) reading).report();
    assertThat(report.reporter().organization()).startsWith("goo gle 31m .comxxx").hasSize(100);
    assertThat(report.rows().getFirst().mail().dkim().selector()).isEqualTo("wb1");
  }

  private static String told(String mediaType, byte[] file) {
    return AggregateSample.told(AggregateReader.read(AggregateSample.letter(mediaType, file)));
  }

  private static byte[] spaces(int octets) {
    byte[] spaces = new byte[octets];
    Arrays.fill(spaces, (byte) ' ');
    System.arraycopy("<feedback>".getBytes(StandardCharsets.UTF_8), 0, spaces, 0, 10);
    for (int at = 1_000; at < octets; at += 1_000) {
      System.arraycopy("<a/>".getBytes(StandardCharsets.UTF_8), 0, spaces, at, 4);
    }
    return spaces;
  }
}

package dev.waybill.relay.report;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Random;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ReportReaderTest {
  private static final ReportReader READER = ReportReader.load();
  private static final Path CASES = Path.of("src/test/resources/cases/report");

  static List<Path> cases() throws IOException {
    try (Stream<Path> files = Files.list(CASES)) {
      return files.filter(file -> file.toString().endsWith(".eml")).sorted().toList();
    }
  }

  @ParameterizedTest
  @MethodSource("cases")
  void readsEachCaseAsExpected(Path file) throws IOException {
    String expected =
        Files.readString(Path.of(file.toString().replace(".eml", ".expected"))).stripTrailing();

    assertThat(summary(READER.read(crlf(file)))).isEqualTo(expected);
    assertThat(summary(READER.read(Files.readAllBytes(file))))
        .as("with bare line feeds")
        .isEqualTo(expected);
  }

  @Test
  void answersWithAValueWhateverTheBytesAre() throws IOException {
    Random random = new Random(20261121);
    List<Path> files = cases();
    for (int round = 0; round < 3000; round++) {
      byte[] bytes = crlf(files.get(random.nextInt(files.size())));
      for (int edits = random.nextInt(12); edits > 0 && bytes.length > 0; edits--) {
        bytes[random.nextInt(bytes.length)] = (byte) random.nextInt(256);
      }
      assertThat(READER.read(bytes)).isNotNull();
    }
  }

  @Test
  void readsOnlyTheBeginningOfAHugeReport() throws IOException {
    String report =
        new String(crlf(CASES.resolve("01-no-such-mailbox.eml")), StandardCharsets.UTF_8);
    String huge = report.replace("body", "x".repeat(76).concat("\r\n").repeat(100_000));

    assertThat(READER.read(huge.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(DeliveryReport.class);
  }

  @Test
  void refusesAMultipartOfCountlessParts() {
    String bomb = "Content-Type: multipart/report; boundary=b\r\n\r\n" + "--b\r\n".repeat(50_000);

    assertThat(READER.read(bomb.getBytes(StandardCharsets.UTF_8)))
        .isInstanceOf(Report.NoReport.class);
  }

  @Test
  void boundsEveryTextAndTheNumberOfRecipients() throws IOException {
    String group =
        "\r\nFinal-Recipient: rfc822; x@remote.test\r\nAction: failed\r\nStatus: 5.0.0\r\n"
            + "Diagnostic-Code: smtp; "
            + "y".repeat(5000)
            + "\u0001\r\n";
    String report =
        new String(crlf(CASES.resolve("01-no-such-mailbox.eml")), StandardCharsets.UTF_8);
    String bounded = report.replaceFirst("(?s)\r\nFinal-Recipient.*?(?=\r\n--b1)", group.repeat(8));

    DeliveryReport read = (DeliveryReport) READER.read(bounded.getBytes(StandardCharsets.UTF_8));

    assertThat(read.recipients()).hasSizeBetween(1, DeliveryReport.MAX_RECIPIENTS);
    assertThat(read.recipients())
        .allSatisfy(recipient ->
            assertThat(recipient.diagnostic()).hasSizeLessThanOrEqualTo(500).matches("y+"));
  }

  private static byte[] crlf(Path file) throws IOException {
    return Files.readString(file).replace("\n", "\r\n").getBytes(StandardCharsets.UTF_8);
  }

  private static String summary(Report report) {
    return switch (report) {
      case DeliveryReport about ->
          about.recipients().stream()
              .map(r ->
                  "%s %s %s %s [%s]"
                      .formatted(
                          r.action(),
                          r.status(),
                          r.finalRecipient(),
                          r.originalRecipient(),
                          r.diagnostic()))
              .collect(Collectors.joining(" | ", "delivery " + about.reportingHost() + " | ", ""));
      case FeedbackReport about ->
          "feedback %s complaint=%s %s %s %s %s"
              .formatted(
                  about.type(),
                  about.isComplaint(),
                  about.reportingHost(),
                  about.userAgent(),
                  about.originalRecipient(),
                  about.originalSender());
      case WordedReport about -> "words " + about.reportingHost();
      case Report.NoReport _ -> "none";
    };
  }
}

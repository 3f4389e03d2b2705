package dev.waybill.relay.report;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.report.Report.NoReport;
import java.io.IOException;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.MethodSource;

class JudgesBouncesTest {
  private static final ReportReader READER = ReportReader.load();
  private static final BounceJudge JUDGE = BounceJudge.load();
  private static final EmailAddress ADA = EmailAddress.of("ada@customer.test");

  static List<BounceSample> samples() throws IOException {
    return BounceSample.all();
  }

  @ParameterizedTest
  @MethodSource("samples")
  void readsEachSampleAsTheTableSays(BounceSample sample) throws IOException {
    String expected = String.join(" ", sample.kind(), sample.cause(), sample.permanence()).strip();

    assertThat(judged(sample.bytes())).isEqualTo(expected);
    assertThat(judged(sample.raw())).as("with bare line feeds").isEqualTo(expected);
  }

  @Test
  void theTableHasEverySampleOnce() throws IOException {
    assertThat(BounceSample.all())
        .extracting(BounceSample::file)
        .doesNotHaveDuplicates()
        .containsExactlyElementsOf(BounceSample.files())
        .hasSizeGreaterThan(120);
  }

  @ParameterizedTest
  @MethodSource("samples")
  void readsASampleThatWasCutAnywhere(BounceSample sample) throws IOException {
    byte[] bytes = sample.bytes();
    for (int eighth = 1; eighth < 8; eighth++) {
      String cut = judged(Arrays.copyOf(bytes, bytes.length * eighth / 8));
      if (!Set.of("bounce", "failed", "other").contains(sample.kind())) {
        assertThat(cut).as("%d eighths", eighth).doesNotEndWith(" hard");
      }
    }
  }

  @ParameterizedTest
  @CsvSource({
    "550 5.1.1 no such user, BAD_MAILBOX",
    "550 No such user here, BAD_MAILBOX",
    "556 5.1.10 null MX, BAD_DOMAIN",
    "552 5.2.2 mailbox full, FULL",
    "554 5.7.1 blocked using rbl.example, REPUTATION",
    "550 5.7.26 unauthenticated, POLICY",
    "552 5.3.4 too large, CONTENT",
    "554 no, UNKNOWN",
    "'', UNKNOWN",
  })
  void classifiesRepliesAlike(String reply, BounceClass expected) {
    assertThat(JUDGE.judge(reply).cause()).isEqualTo(expected);
  }

  @Test
  void everyTextOfAFactIsOneBoundedLineWithoutControls() throws IOException {
    for (BounceSample sample : samples()) {
      bounce(READER.read(sample.bytes()))
          .ifPresent(bounce ->
              assertThat(List.of(bounce.status(), bounce.diagnostic(), bounce.finalRecipient()))
                  .as(sample.file())
                  .allSatisfy(text ->
                      assertThat(text)
                          .hasSizeLessThanOrEqualTo(500)
                          .doesNotMatch("(?s).*\\p{Cntrl}.*")));
    }
  }

  private static String judged(byte[] message) {
    Report report = READER.read(message);
    Optional<Bounce> bounce = bounce(report);
    return bounce
        .map(b -> "bounce %s %s".formatted(b.cause().text(), b.permanence().text()))
        .orElseGet(() -> otherKind(report));
  }

  private static Optional<Bounce> bounce(Report report) {
    return switch (report) {
      case DeliveryReport about -> JUDGE.judge(about, ADA);
      case WordedReport about -> Optional.of(JUDGE.judge(about, ADA));
      case FeedbackReport _, NoReport _ -> Optional.empty();
    };
  }

  private static String otherKind(Report report) {
    return switch (report) {
      case DeliveryReport about ->
          about.recipients().getFirst().action().name().toLowerCase(Locale.ROOT);
      case WordedReport _ -> "bounce";
      case FeedbackReport about -> about.isComplaint() ? "complaint" : "not_complaint";
      case NoReport(Report.Nature nature, String _) -> nature.text();
    };
  }
}

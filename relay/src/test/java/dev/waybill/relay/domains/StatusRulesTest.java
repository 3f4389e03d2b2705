package dev.waybill.relay.domains;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.domains.StatusRules.Cause;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StatusRulesTest {
  private static final Duration PATIENCE = Duration.ofHours(72);

  /// Every cell: a status, who looked, whether the 72 hours are over, and the worst that was found
  /// of the required records.
  private static final String TABLE =
      """
      cause    | over  | found      | not_started | pending  | verified          | temporary_failure | failed   | disabled
      schedule | early | right      | verified    | verified | verified          | verified          | verified | disabled
      schedule | early | unanswered | pending     | pending  | verified          | temporary_failure | failed   | disabled
      schedule | early | wrong      | pending     | pending  | temporary_failure | temporary_failure | failed   | disabled
      schedule | over  | right      | verified    | verified | verified          | verified          | verified | disabled
      schedule | over  | unanswered | pending     | pending  | verified          | temporary_failure | failed   | disabled
      schedule | over  | wrong      | pending     | failed   | temporary_failure | failed            | failed   | disabled
      operator | early | right      | verified    | verified | verified          | verified          | verified | disabled
      operator | early | unanswered | pending     | pending  | verified          | temporary_failure | pending  | disabled
      operator | early | wrong      | pending     | pending  | verified          | temporary_failure | pending  | disabled
      operator | over  | right      | verified    | verified | verified          | verified          | verified | disabled
      operator | over  | unanswered | pending     | pending  | verified          | temporary_failure | pending  | disabled
      operator | over  | wrong      | pending     | pending  | verified          | temporary_failure | pending  | disabled
      """;

  @TestFactory
  Stream<DynamicTest> movesADomain() {
    List<String> lines = TABLE.lines().toList();
    List<String> statuses = cells(lines.getFirst()).subList(3, 9);
    assertThat(statuses)
        .containsExactlyElementsOf(
            Stream.of(DomainStatus.values()).map(DomainStatus::text).toList());
    assertThat(lines.stream().skip(1).map(line -> cells(line).subList(0, 3)))
        .doesNotHaveDuplicates()
        .hasSize(Cause.values().length * 2 * 3);
    return lines.stream()
        .skip(1)
        .flatMap(line -> {
          List<String> cells = cells(line);
          return IntStream.range(0, statuses.size())
              .mapToObj(column ->
                  DynamicTest.dynamicTest(
                      statuses.get(column) + ", " + cells.subList(0, 3),
                      () -> movesTo(statuses.get(column), cells, cells.get(3 + column))));
        });
  }

  private static void movesTo(String current, List<String> row, String next) {
    Duration waited = row.get(1).equals("over") ? PATIENCE : PATIENCE.minusMillis(1);
    Finding worst = finding(row.get(2).charAt(0));
    for (List<Finding> required :
        List.of(List.of(worst), List.of(finding('r'), worst), List.of(worst, finding('r')))) {
      assertThat(
              StatusRules.next(status(current), waited, PATIENCE, cause(row.getFirst()), required))
          .isEqualTo(status(next));
    }
  }

  /// One record that is proven wrong counts, however many others nobody can tell of.
  @Test
  void wrongIsWorseThanUnanswered() {
    List<Finding> required = List.of(finding('u'), finding('w'), finding('u'));
    assertThat(
            StatusRules.next(
                DomainStatus.VERIFIED, Duration.ZERO, PATIENCE, Cause.SCHEDULE, required))
        .isEqualTo(DomainStatus.TEMPORARY_FAILURE);
  }

  @ParameterizedTest
  @CsvSource({
    "NOT_STARTED, r, PENDING, VERIFIED",
    "NOT_STARTED, u, PENDING, PENDING",
    "NOT_STARTED, w, PENDING, PENDING",
    "PENDING, w, FAILED, FAILED",
    "VERIFIED, w, TEMPORARY_FAILURE, TEMPORARY_FAILURE",
    "VERIFIED, u, FAILED, VERIFIED",
    "TEMPORARY_FAILURE, w, TEMPORARY_FAILURE, TEMPORARY_FAILURE",
    "TEMPORARY_FAILURE, w, FAILED, FAILED",
    "FAILED, w, PENDING, PENDING",
    "FAILED, r, PENDING, VERIFIED",
  })
  void movesARecord(
      DnsRecord.Status current, char finding, DomainStatus domain, DnsRecord.Status next) {
    assertThat(StatusRules.next(current, finding(finding), domain)).isEqualTo(next);
  }

  @ParameterizedTest
  @EnumSource(names = "NOT_STARTED", mode = EnumSource.Mode.EXCLUDE)
  void silenceLeavesEveryRecordAsItWas(DnsRecord.Status status) {
    for (DomainStatus domain : DomainStatus.values()) {
      assertThat(StatusRules.next(status, finding('u'), domain)).isEqualTo(status);
    }
  }

  private static Finding finding(char code) {
    return switch (code) {
      case 'r' -> new Finding.Right("right");
      case 'w' -> new Finding.Wrong("wrong");
      default -> new Finding.Unanswered("silence");
    };
  }

  private static List<String> cells(String line) {
    return Stream.of(line.split("\\|", -1)).map(String::strip).toList();
  }

  private static DomainStatus status(String text) {
    return DomainStatus.valueOf(text.toUpperCase(Locale.ROOT));
  }

  private static Cause cause(String text) {
    return Cause.valueOf(text.toUpperCase(Locale.ROOT));
  }
}

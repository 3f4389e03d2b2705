package dev.waybill.relay.domains;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.domains.StatusRules.Cause;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class StatusRulesTest {
  private static final Duration PATIENCE = Duration.ofHours(72);

  /// Findings: r right, w wrong, u unanswered.
  @ParameterizedTest
  @CsvSource({
    "NOT_STARTED, 0, SCHEDULE, rr, VERIFIED",
    "NOT_STARTED, 0, SCHEDULE, rw, PENDING",
    "NOT_STARTED, 0, SCHEDULE, uu, PENDING",
    "PENDING, 80, SCHEDULE, rr, VERIFIED",
    "PENDING, 71, SCHEDULE, ww, PENDING",
    "PENDING, 72, SCHEDULE, rw, FAILED",
    "PENDING, 72, OPERATOR, rw, PENDING",
    "PENDING, 72, SCHEDULE, ru, PENDING",
    "VERIFIED, 900, SCHEDULE, rr, VERIFIED",
    "VERIFIED, 900, SCHEDULE, rw, TEMPORARY_FAILURE",
    "VERIFIED, 900, SCHEDULE, uw, TEMPORARY_FAILURE",
    "VERIFIED, 900, SCHEDULE, ru, VERIFIED",
    "VERIFIED, 900, OPERATOR, ww, VERIFIED",
    "VERIFIED, 900, OPERATOR, uu, VERIFIED",
    "TEMPORARY_FAILURE, 10, SCHEDULE, rr, VERIFIED",
    "TEMPORARY_FAILURE, 71, SCHEDULE, rw, TEMPORARY_FAILURE",
    "TEMPORARY_FAILURE, 72, SCHEDULE, rw, FAILED",
    "TEMPORARY_FAILURE, 72, SCHEDULE, uu, TEMPORARY_FAILURE",
    "TEMPORARY_FAILURE, 72, OPERATOR, ww, TEMPORARY_FAILURE",
    "TEMPORARY_FAILURE, 1, OPERATOR, rr, VERIFIED",
    "FAILED, 900, OPERATOR, rr, VERIFIED",
    "FAILED, 900, OPERATOR, rw, PENDING",
    "FAILED, 900, SCHEDULE, rw, FAILED",
    "FAILED, 900, SCHEDULE, rr, VERIFIED",
    "DISABLED, 900, OPERATOR, rr, DISABLED",
    "DISABLED, 900, SCHEDULE, ww, DISABLED",
  })
  void movesADomain(
      DomainStatus current, long hours, Cause cause, String findings, DomainStatus next) {
    List<Finding> required = new ArrayList<>();
    for (char finding : findings.toCharArray()) {
      required.add(finding(finding));
    }
    assertThat(StatusRules.next(current, Duration.ofHours(hours), PATIENCE, cause, required))
        .isEqualTo(next);
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
}

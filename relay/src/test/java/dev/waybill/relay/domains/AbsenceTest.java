package dev.waybill.relay.domains;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.domains.StatusRules.Cause;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

class AbsenceTest {
  private static final Instant START = Instant.parse("2026-06-15T10:00:00Z");
  private static final Duration GAP = Duration.ofHours(2);
  private static final Duration PATIENCE = Duration.ofHours(72);
  private static final Finding RIGHT = new Finding.Right("");
  private static final Finding WRONG = new Finding.Wrong("");
  private static final Finding SILENCE = new Finding.Unanswered("");

  @Test
  void countsTheTimeBetweenLooksThatFoundSomethingMissing() {
    Absence absence = look(Absence.NONE, 0, WRONG);
    assertThat(absence.proven()).isZero();
    absence = look(absence, 1, WRONG, SILENCE);
    absence = look(absence, 2, WRONG, RIGHT);
    assertThat(absence.proven()).isEqualTo(Duration.ofHours(2));
  }

  @Test
  void countsNeitherSilenceNorTimeInWhichNobodyLooked() {
    Absence absence = look(look(Absence.NONE, 0, WRONG), 1, WRONG);
    absence = look(absence, 2, SILENCE);
    absence = look(absence, 3, WRONG);
    absence = look(absence, 100, WRONG);
    assertThat(absence.proven()).isEqualTo(Duration.ofHours(1));
    assertThat(look(absence, 101, WRONG).proven()).isEqualTo(Duration.ofHours(2));
  }

  @Test
  void startsAnewWhenEverythingWasThere() {
    assertThat(look(look(look(Absence.NONE, 0, WRONG), 1, WRONG), 2, RIGHT))
        .isEqualTo(Absence.NONE);
  }

  @Test
  void aClockThatIsSetBackProvesNothing() {
    assertThat(look(look(Absence.NONE, 5, WRONG), 1, WRONG).proven()).isZero();
  }

  /// Whatever the DNS says and whenever somebody looks or asks: a verified domain fails only after
  /// 72 hours, counted by hand, in which every look found something missing.
  @Test
  void noDomainFailsWithoutThreeDaysOfProof() {
    int failures = 0;
    for (int seed = 0; seed < 2_000; seed++) {
      Random random = new Random(seed);
      double health = seed % 3 == 0 ? 0 : random.nextDouble();
      DomainStatus status = DomainStatus.VERIFIED;
      Absence absence = Absence.NONE;
      Instant now = START;
      Instant lastMissing = null;
      Duration proof = Duration.ZERO;
      for (int step = 0; step < 400 && status != DomainStatus.FAILED; step++) {
        now =
            now.plus(Duration.ofMinutes(1 + random.nextInt(random.nextInt(20) == 0 ? 6_000 : 90)));
        double dice = random.nextDouble();
        Finding finding =
            dice < health * health * 0.1 ? RIGHT : dice < health * 0.5 ? SILENCE : WRONG;
        Cause cause = random.nextInt(10) == 0 ? Cause.OPERATOR : Cause.SCHEDULE;
        if (finding == WRONG) {
          Duration gap = lastMissing == null ? Duration.ZERO : Duration.between(lastMissing, now);
          proof = proof.plus(gap.compareTo(GAP) <= 0 ? gap : Duration.ZERO);
          lastMissing = now;
        } else {
          lastMissing = null;
          proof = finding == RIGHT ? Duration.ZERO : proof;
        }
        List<Finding> found = List.of(RIGHT, finding);
        absence = absence.after(found, now, GAP);
        DomainStatus next = StatusRules.next(status, absence.proven(), PATIENCE, cause, found);
        if (next == DomainStatus.FAILED) {
          failures++;
          assertThat(proof).as("seed %d", seed).isGreaterThanOrEqualTo(PATIENCE);
          assertThat(status).isEqualTo(DomainStatus.TEMPORARY_FAILURE);
        }
        status = next;
      }
    }
    assertThat(failures).isGreaterThan(100);
  }

  private static Absence look(Absence before, int hour, Finding... found) {
    return before.after(List.of(found), START.plus(Duration.ofHours(hour)), GAP);
  }
}

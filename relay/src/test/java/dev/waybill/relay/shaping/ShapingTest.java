package dev.waybill.relay.shaping;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.waybill.relay.report.BounceJudge;
import dev.waybill.relay.smtp.Reply;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/// The data file, the operator's word over it, and what replies say about our pace.
class ShapingTest {
  private static final SiteLimits USUAL =
      new SiteLimits(
          20, 100, Rate.UNLIMITED, Rate.UNLIMITED, Duration.ofSeconds(5), Duration.ofSeconds(30));

  private static SiteLimits.Change connections(int count) {
    return new SiteLimits.Change(count, null, null, null, null, null);
  }

  @ParameterizedTest
  @CsvSource({
    "google, 10, 50, 5/s, 50/s, 60",
    "microsoft, 5, 50, 5/s, 20/s, 120",
    "yahoo, 5, 20, 3/s, 20/s, 300",
    "icloud, 5, 20, 2/s, 10/s, 120",
    "generic, 20, 100, 100/s, unlimited, 30",
    "somebody, 20, 100, 100/s, unlimited, 30"
  })
  void knowsTheLargeProviders(
      String name,
      int connections,
      int messages,
      String connectionRate,
      String messageRate,
      int backOff) {
    assertThat(Shaping.load().limits(name, USUAL))
        .isEqualTo(
            new SiteLimits(
                connections,
                messages,
                Rate.parse(connectionRate).orElseThrow(),
                Rate.parse(messageRate).orElseThrow(),
                Duration.ofSeconds(5),
                Duration.ofSeconds(backOff)));
  }

  @ParameterizedTest
  @CsvSource({
    "google, 20, 10/s, 100/s",
    "microsoft, 40, 40/s, 100/s",
    "yahoo, 10, 6/s, 40/s",
    "icloud, 5, 2/s, 10/s",
    "proofpoint, 50, 20/s, 100/s"
  })
  void knowsWhatAllSitesOfAProviderTakeTogether(
      String name, int connections, String connectionRate, String messageRate) {
    assertThat(Shaping.load().totals(name))
        .isEqualTo(
            new ProviderLimits(
                connections,
                Rate.parse(connectionRate).orElseThrow(),
                Rate.parse(messageRate).orElseThrow()));
  }

  @ParameterizedTest
  @CsvSource({"generic", "gmx", "somebody"})
  void limitsNoSitesTogetherThatAreNotKnownToBelongTogether(String name) {
    assertThat(Shaping.load().totals(name)).isEqualTo(ProviderLimits.NONE);
  }

  @Test
  void letsAllSitesHaveWhatTheOperatorGivesOne() {
    Shaping shaping = Shaping.load().with(Map.of("icloud", connections(30)));
    assertThat(shaping.totals("icloud"))
        .isEqualTo(new ProviderLimits(30, new Rate(2), new Rate(10)));
    Shaping both =
        Shaping.load()
            .with(
                Map.of("icloud", connections(30)),
                Map.of("icloud", new ProviderLimits.Change(7, null, Rate.UNLIMITED)));
    assertThat(both.totals("icloud")).isEqualTo(new ProviderLimits(7, new Rate(2), Rate.UNLIMITED));
    assertThat(both.limits("icloud", USUAL).connections()).isEqualTo(30);
    assertThat(both.named()).containsExactly("icloud");
  }

  @Test
  void keepsWithinWhatTheOperatorAllowsEverybody() {
    SiteLimits few =
        new SiteLimits(2, 3, Rate.UNLIMITED, new Rate(1), Duration.ZERO, Duration.ofSeconds(30));
    SiteLimits google = Shaping.load().limits("google", few);
    assertThat(google.connections()).isEqualTo(2);
    assertThat(google.messagesPerConnection()).isEqualTo(3);
    assertThat(google.messageRate()).isEqualTo(new Rate(1));
    assertThat(google.idle()).isZero();
  }

  @Test
  void letsTheOperatorsWordForAProviderCountMost() {
    Shaping shaping =
        Shaping.load().with(Map.of("google", connections(40), Shaping.GENERIC, connections(7)));
    assertThat(shaping.limits("google", USUAL).connections()).isEqualTo(40);
    assertThat(shaping.limits("yahoo", USUAL).connections()).isEqualTo(5);
    assertThat(shaping.limits("somebody", USUAL).connections()).isEqualTo(7);
    assertThat(shaping.named()).containsExactly("google");
  }

  @ParameterizedTest
  @CsvSource({
    "20/s, 20.0",
    "90/m, 1.5",
    "1800/h, 0.5",
    "unlimited, Infinity",
  })
  void readsRates(String text, double perSecond) {
    assertThat(Rate.parse(text)).hasValue(new Rate(perSecond));
  }

  @ParameterizedTest
  @CsvSource({"0/s", "20", "20/d", "-1/s", "1.5/s", "''", "20/s extra"})
  void refusesOtherTexts(String text) {
    assertThat(Rate.parse(text)).isEmpty();
  }

  @Test
  void refusesLimitsThatCannotBe() {
    assertThatThrownBy(() -> connections(0).applyTo(USUAL))
        .hasMessage("connections: 0 (expected: 1 to 1000)");
    assertThatThrownBy(() ->
            new SiteLimits.Change(null, null, null, null, null, Duration.ofHours(1)).applyTo(USUAL))
        .hasMessage("back-off: PT1H (expected: 1s to 10m)");
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "true  | 421 | 4.7.28 Our system has detected an unusual rate of unsolicited mail",
        "true  | 450 | 4.7.1 Rate limited, please slow down",
        "true  | 451 | 4.7.652 The mail server has too many connections",
        "true  | 451 | 4.7.500 Server busy. Please try again later",
        "true  | 452 | 4.3.2 System not accepting messages",
        "true  | 421 | Too many messages on this connection",
        "false | 450 | 4.7.1 Greylisted, try again in 5 minutes",
        "false | 451 | 4.2.1 The user you are trying to contact is receiving mail at a rate that is too high",
        "false | 452 | 4.2.2 Mailbox full",
        "false | 451 | 4.3.0 Temporary lookup failure",
        "false | 550 | 5.7.1 rate limited for good",
      })
  void tellsComplaintsAboutOurPaceFromOthers(boolean complaint, int code, String text) {
    assertThat(new Throttling(BounceJudge.load()).isComplaint(Reply.of(code, text)))
        .isEqualTo(complaint);
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      value = {
        "true  | 421 | 4.7.28 Our system has detected an unusual rate of unsolicited mail",
        "true  | 421 | 4.7.0 [TSS04] Messages from 192.0.2.1 temporarily deferred due to user complaints",
        "true  | 451 | 4.7.650 The mail server [192.0.2.1] has been temporarily rate limited due to IP reputation",
        "true  | 451 | 4.7.652 The mail server has too many connections",
        "true  | 450 | 4.7.1 Your ip has a poor reputation",
        "false | 452 | 4.3.2 System not accepting messages",
        "false | 432 | 4.3.2 Concurrent connections limit exceeded",
        "false | 450 | 4.7.1 Greylisted, try again in 5 minutes",
        "false | 450 | 4.2.1 The user is receiving mail too quickly",
        "false | 452 | 4.2.2 Mailbox full",
        "false | 550 | 5.7.1 blocked by reputation",
      })
  void tellsWhatIsSaidOfTheSenderFromWhatIsSaidOfOneHost(boolean ofUs, int code, String text) {
    assertThat(new Throttling(BounceJudge.load()).isAboutSender(Reply.of(code, text)))
        .isEqualTo(ofUs);
  }
}

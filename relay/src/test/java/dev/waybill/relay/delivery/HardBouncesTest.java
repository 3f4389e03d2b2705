package dev.waybill.relay.delivery;

import static org.assertj.core.api.Assertions.assertThat;

import dev.waybill.relay.queue.AttemptOutcome;
import java.util.Optional;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HardBouncesTest {
  private static final HardBounces BOUNCES =
      new HardBounces((_, _) -> {
        throw new AssertionError("nothing is suppressed here");
      });
  private static final AttemptOutcome.Peer PEER =
      new AttemptOutcome.Peer("mx.example", "192.0.2.1", null);

  @ParameterizedTest
  @ValueSource(
      strings = {
        "550 5.1.1 No such user",
        "550 5.1.2 No such domain",
        "551 5.1.6 Moved",
        "556 5.1.10 Null MX",
        "550 No such user here"
      })
  void aMailboxThatDoesNotExistIsSuppressed(String reply) {
    assertThat(BOUNCES.saysDeadAddress(new AttemptOutcome.Rejected(PEER, reply))).isTrue();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "550 5.7.1 Rejected as spam",
        "552 5.2.2 Mailbox full",
        "550",
        "554 5.1.1.1 odd",
        "550 5.1.8 Bad sender"
      })
  void aHostThatDoesNotWantThisMailIsNot(String reply) {
    assertThat(BOUNCES.saysDeadAddress(new AttemptOutcome.Rejected(PEER, reply))).isFalse();
  }

  @ParameterizedTest
  @ValueSource(strings = {"450 5.1.1 odd", "451 4.1.1 later"})
  void aDeferralIsNever(String reply) {
    assertThat(BOUNCES.saysDeadAddress(new AttemptOutcome.Deferred(PEER, reply, Optional.empty())))
        .isFalse();
  }
}

package dev.waybill.relay.access;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.time.Duration;
import java.time.Instant;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class KeyGuardTest {
  private static final ApiKey KEY =
      new ApiKey(
          new UUID(1, 2),
          "shop",
          ApiKey.Permission.SENDING_ACCESS,
          ApiKey.Sending.ANYTHING,
          Instant.EPOCH);

  private final AtomicLong nanos = new AtomicLong();
  private final KeyGuard guard =
      new KeyGuard(
          token -> token.equals("right") ? Optional.of(KEY) : Optional.empty(), nanos::get);

  @Test
  void twentyGuessesFromOneAddressTakeLongerThanAMinute() throws Exception {
    for (int guess = 0; guess < 20; guess++) {
      KeyGuard.Answer answer = guard.ask(address("192.0.2.1"), "wrong");
      while (answer instanceof KeyGuard.Answer.Later(Duration wait)) {
        nanos.addAndGet(wait.toNanos());
        answer = guard.ask(address("192.0.2.1"), "wrong");
      }
      assertThat(answer).isEqualTo(new KeyGuard.Answer.Wrong());
    }
    assertThat(Duration.ofNanos(nanos.get()))
        .isEqualTo(Duration.ofSeconds(1 + 2 + 4 + 8 + 16 + 13 * 32));
  }

  /// Neither does it help to ask for all at once.
  @Test
  void looksAtOneKeyOnlyAfterEachWait() throws Exception {
    for (int guess = 0; guess < 2; guess++) {
      assertThat(guard.ask(address("192.0.2.1"), "wrong")).isEqualTo(new KeyGuard.Answer.Wrong());
    }
    for (int guess = 0; guess < 18; guess++) {
      assertThat(guard.ask(address("192.0.2.1"), "right"))
          .isEqualTo(new KeyGuard.Answer.Later(Duration.ofSeconds(1)));
    }
  }

  @Test
  void aRightKeyFromElsewhereIsNotDelayed() throws Exception {
    for (int guess = 0; guess < 20; guess++) {
      guard.ask(address("192.0.2.1"), "wrong");
    }
    assertThat(guard.ask(address("192.0.2.2"), "right")).isEqualTo(new KeyGuard.Answer.Right(KEY));
  }

  @Test
  void aKeyThatWasRightHereTodayIsNotDelayedAndForgivesNothing() throws Exception {
    assertThat(guard.ask(address("192.0.2.1"), "right")).isEqualTo(new KeyGuard.Answer.Right(KEY));
    for (int guess = 0; guess < 5; guess++) {
      guard.ask(address("192.0.2.1"), "wrong");
    }
    assertThat(guard.ask(address("192.0.2.1"), "right")).isEqualTo(new KeyGuard.Answer.Right(KEY));
    assertThat(guard.ask(address("192.0.2.1"), "wrong")).isInstanceOf(KeyGuard.Answer.Later.class);
  }

  @Test
  void theRightKeyAfterTheWaitForgives() throws Exception {
    guard.ask(address("192.0.2.1"), "wrong");
    guard.ask(address("192.0.2.1"), "wrong");
    nanos.addAndGet(Duration.ofSeconds(1).toNanos());
    assertThat(guard.ask(address("192.0.2.1"), "right")).isEqualTo(new KeyGuard.Answer.Right(KEY));
    assertThat(guard.ask(address("192.0.2.1"), "wrong")).isEqualTo(new KeyGuard.Answer.Wrong());
    assertThat(guard.ask(address("192.0.2.1"), "wrong")).isEqualTo(new KeyGuard.Answer.Wrong());
  }

  @Test
  void forgetsAQuarterOfAnHourAfterTheLast() throws Exception {
    for (int guess = 0; guess < 20; guess++) {
      guard.failed(address("192.0.2.1"));
    }
    nanos.addAndGet(Duration.ofMinutes(15).toNanos());
    assertThat(guard.failed(address("192.0.2.1"))).isZero();
  }

  @Test
  void countsAnIpv6NetworkAsOne() throws Exception {
    guard.failed(address("2001:db8::1"));
    guard.failed(address("2001:db8::2"));
    assertThat(guard.failed(address("2001:db8::ffff:1"))).isEqualTo(Duration.ofSeconds(2));
    assertThat(guard.failed(address("2001:db8:0:1::1"))).isZero();
  }

  private static InetAddress address(String literal) throws UnknownHostException {
    return InetAddress.getByName(literal);
  }
}

package dev.waybill.relay.smtp;

import java.time.Duration;

/// How long a host may take for each step (RFC 5321 §4.5.3.2). A value; any thread may use it.
///
/// Each is a deadline on the whole step: a reply that trickles in octet by octet gains nothing.
///
/// @param connect until the TCP connection stands
/// @param banner until the greeting has arrived; also for EHLO and STARTTLS
/// @param handshake for one TLS handshake
/// @param mail for the reply to MAIL
/// @param rcpt for the reply to RCPT
/// @param data for the reply to DATA
/// @param block for taking one block of the message
/// @param end for the reply to the final dot
public record ClientTimeouts(
    Duration connect,
    Duration banner,
    Duration handshake,
    Duration mail,
    Duration rcpt,
    Duration data,
    Duration block,
    Duration end) {
  public ClientTimeouts {
    check("connect", connect);
    check("banner", banner);
    check("handshake", handshake);
    check("mail", mail);
    check("rcpt", rcpt);
    check("data", data);
    check("block", block);
    check("end", end);
  }

  /// What the RFC asks for; 30 s to connect and 1 min for a handshake, of which it does not speak.
  public static ClientTimeouts standard() {
    return new ClientTimeouts(
        Duration.ofSeconds(30),
        Duration.ofMinutes(5),
        Duration.ofMinutes(1),
        Duration.ofMinutes(5),
        Duration.ofMinutes(5),
        Duration.ofMinutes(2),
        Duration.ofMinutes(3),
        Duration.ofMinutes(10));
  }

  /// The same time for every step.
  public static ClientTimeouts uniform(Duration each) {
    return new ClientTimeouts(each, each, each, each, each, each, each, each);
  }

  private static void check(String step, Duration time) {
    if (!time.isPositive() || time.compareTo(Duration.ofHours(1)) > 0) {
      throw new IllegalArgumentException(
          "delivery.timeouts.%s: %s (expected: more than 0, at most 1h)".formatted(step, time));
    }
  }
}

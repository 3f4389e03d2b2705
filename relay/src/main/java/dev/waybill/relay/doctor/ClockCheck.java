package dev.waybill.relay.doctor;

import dev.waybill.relay.doctor.OutboundCheck.Greeting;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.ZonedDateTime;
import java.time.format.DateTimeFormatter;
import java.util.List;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// Whether the time is right, by the date that some mail hosts say in their greeting. Stateless;
/// any thread.
///
/// Nothing in SMTP makes a host tell its time. Microsoft's do, and they are asked anyway. *Instead
/// of* the machine's own opinion of its clock, which containers do not have.
final class ClockCheck {
  private static final Duration SLACK = Duration.ofMinutes(1);
  private static final Duration MUCH = Duration.ofHours(1);
  private static final String SUBJECT = "this host";
  private static final String REASON =
      "DKIM signatures and Date fields carry the time (RFC 6376 §3.5); mail from the future is"
          + " distrusted, and certificates are judged by it.";
  private static final String FIX =
      "Let the machine keep its time by NTP: systemd-timesyncd or chrony.";

  private static final Pattern DATE =
      Pattern.compile(
          "[A-Z][a-z]{2}, \\d{1,2} [A-Z][a-z]{2} \\d{4} \\d{2}:\\d{2}:\\d{2} (?:[+-]\\d{4}|GMT)");

  private record Told(String provider, Duration ahead) {}

  private ClockCheck() {}

  /// @param greetings what hosts said, and when by our own clock
  static Diagnosis of(List<Greeting> greetings) {
    Optional<Told> best =
        greetings.stream()
            .flatMap(greeting -> told(greeting).stream())
            .min((one, other) -> one.ahead().abs().compareTo(other.ahead().abs()));
    if (best.isEmpty()) {
      return Diagnosis.unknown(
              Check.CLOCK,
              SUBJECT,
              "No mail host that was reached says the time in its greeting.",
              REASON,
              "Look whether the clock is kept:")
          .pasting("timedatectl");
    }
    Duration ahead = best.get().ahead();
    String provider = best.get().provider();
    if (ahead.abs().compareTo(SLACK) <= 0) {
      return Diagnosis.pass(
          Check.CLOCK,
          SUBJECT,
          "It agrees with the time that %s says.".formatted(provider),
          REASON);
    }
    String found =
        "It is %d s %s the time that %s says."
            .formatted(
                ahead.abs().toSeconds(), ahead.isNegative() ? "behind" : "ahead of", provider);
    return (ahead.abs().compareTo(MUCH) > 0
            ? Diagnosis.fail(Check.CLOCK, SUBJECT, found, REASON, FIX)
            : Diagnosis.warn(Check.CLOCK, SUBJECT, found, REASON, FIX))
        .pasting("timedatectl set-ntp true");
  }

  private static Optional<Told> told(Greeting greeting) {
    Matcher date = DATE.matcher(greeting.text());
    if (!date.find()) {
      return Optional.empty();
    }
    try {
      Instant theirs =
          ZonedDateTime.parse(date.group(), DateTimeFormatter.RFC_1123_DATE_TIME).toInstant();
      return Optional.of(new Told(greeting.provider(), Duration.between(theirs, greeting.at())));
    } catch (DateTimeException noDate) {
      return Optional.empty();
    }
  }
}

package dev.waybill.relay.report.aggregate;

import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;

/// One receiver's report about one domain and a stretch of time, mostly a day. A value.
///
/// @param reporter who says so
/// @param id its name for the report
/// @param begin the first second of the time
/// @param end the last one, at most [#LONGEST] behind
/// @param policy what it judged by
/// @param rows what it saw, the most frequent first, at most [#MOST_ROWS]; a kind of mail stands
///   once
public record AggregateReport(
    Reporter reporter,
    String id,
    Instant begin,
    Instant end,
    PublishedPolicy policy,
    List<Row> rows) {
  /// Kinds of mail; rarer ones are put together, so that sums stay true.
  public static final int MOST_ROWS = 1_000;

  /// RFC 9990 asks for a day at most; some report weeks.
  public static final Duration LONGEST = Duration.ofDays(32);

  /// Who wrote a report.
  ///
  /// @param organization its name, never empty
  /// @param email whom to ask about it; may be empty
  public record Reporter(String organization, String email) {
    public Reporter {
      if (organization.isBlank()) {
        throw new IllegalArgumentException("a reporter without a name");
      }
      Objects.requireNonNull(email, "email");
    }
  }

  /// @param messages how many there were of that mail, more than none
  public record Row(JudgedMail mail, long messages) {
    public Row {
      Objects.requireNonNull(mail, "mail");
      if (messages <= 0) {
        throw new IllegalArgumentException("%d messages (expected: some)".formatted(messages));
      }
    }
  }

  public AggregateReport {
    Objects.requireNonNull(reporter, "reporter");
    Objects.requireNonNull(policy, "policy");
    rows = List.copyOf(rows);
    if (end.isBefore(begin) || end.isAfter(begin.plus(LONGEST))) {
      throw new IllegalArgumentException(
          "%s to %s (expected: at most %d days)".formatted(begin, end, LONGEST.toDays()));
    }
  }

  public long messages() {
    return rows.stream().mapToLong(Row::messages).sum();
  }

  /// How many of them pass.
  public long passed() {
    return rows.stream().filter(row -> row.mail().passes()).mapToLong(Row::messages).sum();
  }
}

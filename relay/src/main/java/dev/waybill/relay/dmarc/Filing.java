package dev.waybill.relay.dmarc;

import dev.waybill.relay.message.DomainName;
import dev.waybill.relay.report.aggregate.AggregateReport;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What a letter to `dmarc@` comes to. A value.
///
/// @param result what it comes to
/// @param problem why its report is not taken, in one line; empty where it is
/// @param domain the registered domain that its report is about; null where there is none
/// @param report what it says; null where it cannot be read
public record Filing(
    Result result, String problem, @Nullable DomainName domain, @Nullable AggregateReport report) {
  /// What a letter comes to.
  public enum Result {
    /// Its report is to be written down.
    TAKEN,
    /// The report is there already.
    DUPLICATE,
    /// It is about a domain whose reports do not come here.
    FOREIGN,
    /// It is about a time that is too long ago, or has not been.
    UNTIMELY,
    /// The domain has had more reports in a day than any domain gets.
    TOO_MANY,
    /// Something like a report, which cannot be read.
    UNREADABLE,
    /// An ordinary letter.
    NO_REPORT;

    /// In lower case, such as `too_many`.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Filing {
    Objects.requireNonNull(result, "result");
    Objects.requireNonNull(problem, "problem");
    if (result == Result.TAKEN && (domain == null || report == null)) {
      throw new IllegalArgumentException("a report that is taken (expected: with its domain)");
    }
  }

  static Filing without(Result result, String problem) {
    return new Filing(result, problem, null, null);
  }

  /// A letter that nobody looked into.
  public static Filing ordinary() {
    return without(Result.NO_REPORT, "");
  }

  /// What is to be written down, and for which domain.
  Optional<Taken> taken() {
    return result == Result.TAKEN && domain != null && report != null
        ? Optional.of(new Taken(domain, report))
        : Optional.empty();
  }

  /// A report with the registered domain that it is about.
  record Taken(DomainName domain, AggregateReport report) {}

  /// What the event of the letter tells about it.
  public Map<String, String> facts() {
    Map<String, String> facts = new HashMap<>();
    facts.put("dmarc", result.text());
    facts.put("dmarc_problem", problem);
    if (report != null) {
      facts.put("dmarc_reporter", report.reporter().organization());
      facts.put("dmarc_report_id", report.id());
      facts.put("dmarc_domain", report.policy().domain().value());
      facts.put("dmarc_begin", report.begin().toString());
      facts.put("dmarc_end", report.end().toString());
      facts.put("dmarc_messages", Long.toString(report.messages()));
      facts.put("dmarc_passed", Long.toString(report.passed()));
    }
    facts.values().removeIf(String::isEmpty);
    return facts;
  }
}

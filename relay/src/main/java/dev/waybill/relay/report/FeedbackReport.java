package dev.waybill.relay.report;

import java.util.Objects;

/// A feedback report in the Abuse Reporting Format (RFC 5965 §3).
///
/// @param type the `Feedback-Type` in lower case: `abuse`, `fraud`, `not-spam`, … (RFC 5965 §3.1)
/// @param userAgent the program that made the report
/// @param reportingHost the `Reporting-MTA` without its type; empty when missing
/// @param originalRecipient the first `Original-Rcpt-To`; empty when missing, often made unreadable
/// @param originalSender the `Original-Mail-From`; empty when missing
public record FeedbackReport(
    String type,
    String userAgent,
    String reportingHost,
    String originalRecipient,
    String originalSender)
    implements Report {
  public FeedbackReport {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(userAgent, "userAgent");
    Objects.requireNonNull(reportingHost, "reportingHost");
    Objects.requireNonNull(originalRecipient, "originalRecipient");
    Objects.requireNonNull(originalSender, "originalSender");
  }

  /// Whether a recipient complained: unsolicited mail, fraud or a virus, as opposed to `not-spam`.
  public boolean isComplaint() {
    return switch (type) {
      case "abuse", "fraud", "virus" -> true;
      case String _ -> false;
    };
  }
}

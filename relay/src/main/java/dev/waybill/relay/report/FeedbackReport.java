package dev.waybill.relay.report;

import java.util.List;
import java.util.Objects;

/// A feedback report in the Abuse Reporting Format (RFC 5965 §3), or a complaint in a provider's
/// own form.
///
/// @param type the `Feedback-Type` in lower case: `abuse`, `fraud`, `not-spam`, … (RFC 5965 §3.1)
/// @param userAgent the program that made the report
/// @param reportingHost the `Reporting-MTA` without its type, or else the domain of the report's
///   sender; empty when neither is there
/// @param originalRecipient the first `Original-Rcpt-To`; empty when missing, often made unreadable
/// @param originalSender the `Original-Mail-From`; empty when missing
/// @param traces where the original's return path may stand: its sender as reported, and its own
///   Return-Path and List-Unsubscribe fields; each at most 2,000 characters
public record FeedbackReport(
    String type,
    String userAgent,
    String reportingHost,
    String originalRecipient,
    String originalSender,
    List<String> traces)
    implements Report {
  public FeedbackReport {
    Objects.requireNonNull(type, "type");
    Objects.requireNonNull(userAgent, "userAgent");
    Objects.requireNonNull(reportingHost, "reportingHost");
    Objects.requireNonNull(originalRecipient, "originalRecipient");
    Objects.requireNonNull(originalSender, "originalSender");
    traces = List.copyOf(traces);
  }

  /// Whether a recipient complained: unsolicited mail, fraud or a virus, as opposed to `not-spam`.
  public boolean isComplaint() {
    return switch (type) {
      case "abuse", "fraud", "virus" -> true;
      case String _ -> false;
    };
  }
}

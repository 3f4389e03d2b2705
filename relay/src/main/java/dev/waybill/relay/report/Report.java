package dev.waybill.relay.report;

/// What a message turned out to be when it was read as a report.
public sealed interface Report permits DeliveryReport, FeedbackReport, Report.NoReport {
  /// An ordinary message, an automatic answer, or a broken report.
  ///
  /// @param reason why it was not read as a report, for a log
  record NoReport(String reason) implements Report {}
}

package dev.waybill.relay.report;

import java.util.Locale;
import java.util.Objects;

/// What a message turned out to be when it was read as a report.
public sealed interface Report
    permits DeliveryReport, WordedReport, FeedbackReport, Report.NoReport {
  /// What a message is that reports nothing.
  enum Nature {
    /// A vacation note or another automatic answer (RFC 3834).
    AUTO_REPLY,
    /// Asks the sender to prove that somebody is there.
    CHALLENGE,
    /// Says in words that the host goes on trying.
    DELAY_NOTICE,
    /// Says whether somebody read the message (RFC 8098).
    RECEIPT,
    /// Anything else, a broken report included.
    OTHER;

    /// In lower case, such as `auto_reply`.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// An ordinary message, an automatic answer, or a broken report.
  ///
  /// @param reason why it was not read as a report, for a log
  record NoReport(Nature nature, String reason) implements Report {
    public NoReport {
      Objects.requireNonNull(nature, "nature");
      Objects.requireNonNull(reason, "reason");
    }
  }
}

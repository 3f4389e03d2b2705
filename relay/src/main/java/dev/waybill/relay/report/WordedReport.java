package dev.waybill.relay.report;

import java.util.List;
import java.util.Objects;

/// A bounce in words alone, as hosts write it that know nothing of RFC 3464.
///
/// @param reportingHost the domain of its sender; may be empty
/// @param recipients the addresses that failed, where a header field names them; at most 50
/// @param words what it says, without the returned message, in lower case on one line
public record WordedReport(String reportingHost, List<String> recipients, String words)
    implements Report {
  public WordedReport {
    Objects.requireNonNull(reportingHost, "reportingHost");
    Objects.requireNonNull(words, "words");
    recipients = List.copyOf(recipients);
  }
}

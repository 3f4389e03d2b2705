package dev.waybill.relay.report;

import java.util.List;
import java.util.Objects;

/// A delivery status notification (RFC 3464 §2).
///
/// @param reportingHost the `Reporting-MTA` without its type; empty when the field is missing
/// @param recipients at least one, at most [#MAX_RECIPIENTS]
/// @param explanation the part for people, in lower case on one line; may be empty
public record DeliveryReport(
    String reportingHost, List<RecipientStatus> recipients, String explanation) implements Report {
  /// How many recipients of one report are read; the rest are left out.
  public static final int MAX_RECIPIENTS = 50;

  public DeliveryReport {
    Objects.requireNonNull(reportingHost, "reportingHost");
    Objects.requireNonNull(explanation, "explanation");
    recipients = List.copyOf(recipients);
    if (recipients.isEmpty() || recipients.size() > MAX_RECIPIENTS) {
      throw new IllegalArgumentException(
          "recipients: %d (expected: 1..%d)".formatted(recipients.size(), MAX_RECIPIENTS));
    }
  }
}

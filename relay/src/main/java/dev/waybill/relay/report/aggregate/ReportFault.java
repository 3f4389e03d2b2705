package dev.waybill.relay.report.aggregate;

import java.io.IOException;

/// Why a report cannot be read, in words for the operator. An [IOException], so that streams may
/// throw it from within a parser.
final class ReportFault extends IOException {
  private static final long serialVersionUID = 1;

  /// @param problem one line; what it quotes of the report is short
  ReportFault(String problem) {
    super(problem);
  }

  /// What was wrong.
  String problem() {
    return String.valueOf(getMessage());
  }
}

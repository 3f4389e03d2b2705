package dev.waybill.relay.smtp;

/// How one mail transaction (RFC 5321 §3.3) ended.
public sealed interface TransactionResult {
  /// The host took responsibility.
  record Accepted(Reply reply) implements TransactionResult {}

  /// The host said no, for now (4xx) or for good (5xx), to the command named by the stage.
  record Refused(Stage stage, Reply reply) implements TransactionResult {}

  /// The host cannot take this message by what it offers; it was not asked.
  ///
  /// @param reply in the words a host would have used, always 5xx
  record Unsuitable(Reply reply) implements TransactionResult {}

  /// The connection was lost, timed out or spoke no SMTP.
  ///
  /// At [Stage#END] the host may have taken the message all the same: another attempt may duplicate
  /// it.
  record Lost(Stage stage, String reason) implements TransactionResult {}
}

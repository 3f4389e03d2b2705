package dev.waybill.relay.smtp;

/// How an attempt to open a session ended.
public sealed interface Opening {
  /// A session that stands behind EHLO; whoever opened it closes it.
  record Ready(ClientSession session) implements Opening {}

  /// No session; nothing of any message was said.
  ///
  /// @param reason for the log and the delivery's history
  /// @param inTls whether TLS was what failed, so that a try in clear may succeed
  record Failed(Stage stage, String reason, boolean inTls) implements Opening {}
}

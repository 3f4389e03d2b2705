package dev.waybill.relay.smtp;

/// What a connection asks of TLS.
public enum TlsPolicy {
  /// Never STARTTLS: for the second try after a failed handshake.
  CLEAR,
  /// STARTTLS where it is offered; a bad certificate is noted, not obeyed (RFC 7435).
  OPPORTUNISTIC,
  /// STARTTLS with a valid certificate for the host's name, or no session.
  REQUIRED
}

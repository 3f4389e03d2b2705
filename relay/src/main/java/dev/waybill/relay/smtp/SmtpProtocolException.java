package dev.waybill.relay.smtp;

import java.io.IOException;
import java.io.Serial;

/// A host said something that is no SMTP. The connection is of no more use.
final class SmtpProtocolException extends IOException {
  @Serial private static final long serialVersionUID = 1L;

  SmtpProtocolException(String message) {
    super(message);
  }
}

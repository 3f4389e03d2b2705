package dev.waybill.relay.smtp;

import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/// What one transaction says of its message before the message itself.
///
/// @param returnPath the MAIL FROM; null for the null sender
/// @param recipient the RCPT TO
/// @param eightBit whether the message's body has octets above 127
/// @param smtpUtf8 whether its header or addresses have (RFC 6531 §3.1)
/// @param dsn what the sender wants to hear; said to hosts that offer DSN
/// @param requireTls whether the host is to keep to REQUIRETLS (RFC 8689 §2), which is said under
///   TLS to one that offers it
public record Envelope(
    @Nullable EmailAddress returnPath,
    EmailAddress recipient,
    boolean eightBit,
    boolean smtpUtf8,
    DsnParameters dsn,
    boolean requireTls) {
  public Envelope {
    Objects.requireNonNull(recipient, "recipient");
    Objects.requireNonNull(dsn, "dsn");
  }

  /// One that may travel on in any way.
  public Envelope(
      @Nullable EmailAddress returnPath,
      EmailAddress recipient,
      boolean eightBit,
      boolean smtpUtf8,
      DsnParameters dsn) {
    this(returnPath, recipient, eightBit, smtpUtf8, dsn, false);
  }

  boolean isInternational() {
    return smtpUtf8
        || (returnPath != null && returnPath.needsSmtpUtf8())
        || recipient.needsSmtpUtf8();
  }
}

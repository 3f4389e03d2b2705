package dev.waybill.relay.submission;

import dev.waybill.relay.message.EmailAddress;
import java.util.LinkedHashSet;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// What MAIL and RCPT said of the message to come (RFC 5321 §3.3). Confined to the session's
/// thread.
///
/// The sender is checked and forgotten: every copy gets a return path of the relay's own.
final class Transaction {
  private final MailParameters parameters;
  private final Set<EmailAddress> recipients = new LinkedHashSet<>();
  private @Nullable Chunks chunks;

  Transaction(MailParameters parameters) {
    this.parameters = parameters;
  }

  MailParameters parameters() {
    return parameters;
  }

  /// Those named so far in their order, each once however often it was named.
  Set<EmailAddress> recipients() {
    return recipients;
  }

  /// What BDAT brought of the message; empty when it has not begun.
  Optional<Chunks> chunks() {
    return Optional.ofNullable(chunks);
  }

  void begin(Chunks begun) {
    chunks = begun;
  }

  /// Forgets what came of the message.
  void discard() {
    if (chunks != null) {
      chunks.spool().discard();
    }
  }
}

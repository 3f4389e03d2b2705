package dev.waybill.relay.submission;

import dev.waybill.relay.access.KeyAllowance;
import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/// What MAIL and RCPT said of the message to come (RFC 5321 §3.3). Confined to the session's
/// thread.
///
/// No host is told the sender: every copy gets a return path of the relay's own.
final class Transaction {
  private final @Nullable EmailAddress envelopeFrom;
  private final MailParameters parameters;
  private final Map<EmailAddress, DsnParameters> recipients = new LinkedHashMap<>();
  private final Optional<KeyAllowance.Share> share;
  private @Nullable Chunks chunks;

  /// @param envelopeFrom null for the null sender
  /// @param share what the client's key allows; empty for a trusted network
  Transaction(
      @Nullable EmailAddress envelopeFrom,
      MailParameters parameters,
      Optional<KeyAllowance.Share> share) {
    this.envelopeFrom = envelopeFrom;
    this.parameters = parameters;
    this.share = share;
  }

  @Nullable EmailAddress envelopeFrom() {
    return envelopeFrom;
  }

  MailParameters parameters() {
    return parameters;
  }

  /// Those named so far in their order, each once however often it was named, with what the client
  /// wants to hear of it.
  Map<EmailAddress, DsnParameters> recipients() {
    return recipients;
  }

  Optional<KeyAllowance.Share> share() {
    return share;
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
    share.ifPresent(KeyAllowance.Share::giveBack);
    if (chunks != null) {
      chunks.spool().discard();
    }
  }
}

package dev.waybill.relay.admission;

import dev.waybill.relay.access.ApiKey;
import dev.waybill.relay.message.DsnParameters;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.queue.SubmittedBody;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A message that an application wants to send, with everything the decision depends on.
///
/// Immutable; any thread may use it.
///
/// @param id what the message will be called when it is admitted
/// @param at when its last octet arrived
/// @param head the message's first octets, all of them or at least [Admission.HeaderLimits#head]
///   many; must not change
/// @param body the whole message
/// @param envelopeFrom the MAIL FROM; null for the null sender
/// @param recipients the RCPT TO list in its order, at least one
/// @param notifications what the client wants to hear of which recipient; those of whom it said
///   nothing are missing
/// @param key the key it was submitted with; null for a trusted network
/// @param client who submitted it and how
/// @param form what the message needs of the next hop
public record Submission(
    UUID id,
    Instant at,
    byte[] head,
    SubmittedBody body,
    @Nullable EmailAddress envelopeFrom,
    List<EmailAddress> recipients,
    Map<EmailAddress, DsnParameters> notifications,
    @Nullable ApiKey key,
    ClientFacts client,
    Form form) {
  /// What a message needs of the next hop.
  ///
  /// @param eightBit whether it has octets above 127
  /// @param smtpUtf8 whether MAIL asked for SMTPUTF8
  /// @param requireTls whether MAIL said REQUIRETLS
  public record Form(boolean eightBit, boolean smtpUtf8, boolean requireTls) {
    /// That of a message that may travel in any way.
    public Form(boolean eightBit, boolean smtpUtf8) {
      this(eightBit, smtpUtf8, false);
    }
  }

  public Submission {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(at, "at");
    Objects.requireNonNull(head, "head");
    Objects.requireNonNull(body, "body");
    Objects.requireNonNull(client, "client");
    Objects.requireNonNull(form, "form");
    recipients = List.copyOf(recipients);
    notifications = Map.copyOf(notifications);
    if (recipients.isEmpty()) {
      throw new IllegalArgumentException("no recipients (expected: at least one)");
    }
  }
}

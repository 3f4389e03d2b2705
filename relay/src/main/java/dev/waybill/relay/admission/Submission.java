package dev.waybill.relay.admission;

import dev.waybill.relay.access.ApiKey;
import dev.waybill.relay.message.EmailAddress;
import dev.waybill.relay.queue.SubmittedBody;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A message that an application wants to send, with everything the decision depends on.
///
/// Immutable; any thread may use it.
///
/// @param id what the message will be called when it is admitted
/// @param at when its last octet arrived
/// @param head the message's first octets, all of them or at least [Admission#HEAD] many; must not
///   change
/// @param body the whole message
/// @param recipients the RCPT TO list in its order, at least one
/// @param key the key it was submitted with; null for a trusted network
/// @param client who submitted it and how
/// @param form what the message needs of the next hop
public record Submission(
    UUID id,
    Instant at,
    byte[] head,
    SubmittedBody body,
    List<EmailAddress> recipients,
    @Nullable ApiKey key,
    ClientFacts client,
    Form form) {
  /// What a message needs of the next hop.
  ///
  /// @param eightBit whether it has octets above 127
  /// @param smtpUtf8 whether MAIL asked for SMTPUTF8
  public record Form(boolean eightBit, boolean smtpUtf8) {}

  public Submission {
    Objects.requireNonNull(id, "id");
    Objects.requireNonNull(at, "at");
    Objects.requireNonNull(head, "head");
    Objects.requireNonNull(body, "body");
    Objects.requireNonNull(client, "client");
    Objects.requireNonNull(form, "form");
    recipients = List.copyOf(recipients);
    if (recipients.isEmpty()) {
      throw new IllegalArgumentException("no recipients (expected: at least one)");
    }
    if (head.length < Math.min(Admission.HEAD, body.size())) {
      throw new IllegalArgumentException(
          "%d octets of the message's head (expected: %d)"
              .formatted(head.length, Math.min(Admission.HEAD, body.size())));
    }
  }
}

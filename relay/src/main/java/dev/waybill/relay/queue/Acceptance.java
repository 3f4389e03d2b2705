package dev.waybill.relay.queue;

import dev.waybill.relay.idempotency.IdempotencyKey;
import java.util.List;
import java.util.Objects;
import java.util.UUID;
import org.jspecify.annotations.Nullable;

/// A message for which the relay is about to take responsibility.
///
/// @param recipients the RCPT TO list in its order, at least one
/// @param idempotencyKey what the application calls it; null for nothing
/// @param chargedKey the API key whose day the recipients count for; null when none has a limit
public record Acceptance(
    MessageFacts facts,
    SubmittedBody body,
    List<Recipient> recipients,
    @Nullable IdempotencyKey idempotencyKey,
    @Nullable UUID chargedKey) {
  public Acceptance {
    Objects.requireNonNull(facts, "facts");
    Objects.requireNonNull(body, "body");
    recipients = List.copyOf(recipients);
    if (recipients.isEmpty()) {
      throw new IllegalArgumentException("no recipients (expected: at least one)");
    }
  }
}

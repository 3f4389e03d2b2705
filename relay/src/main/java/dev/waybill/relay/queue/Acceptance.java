package dev.waybill.relay.queue;

import java.util.List;
import java.util.Objects;

/// A message for which the relay is about to take responsibility.
///
/// @param recipients the RCPT TO list in its order, at least one
public record Acceptance(MessageFacts facts, SubmittedBody body, List<Recipient> recipients) {
  public Acceptance {
    Objects.requireNonNull(facts, "facts");
    Objects.requireNonNull(body, "body");
    recipients = List.copyOf(recipients);
    if (recipients.isEmpty()) {
      throw new IllegalArgumentException("no recipients (expected: at least one)");
    }
  }
}

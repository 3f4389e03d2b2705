package dev.waybill.relay.report;

import java.util.Objects;

/// What a report says happened to the message of one recipient.
///
/// @param cause what stood in the way
/// @param permanence what follows for the address
/// @param status the enhanced status code (RFC 3463 §2); empty when there is none
/// @param diagnostic one line of at most 500 characters: the remote's reply, or the words that
///   decided; may be empty
/// @param finalRecipient the address as the reporting host knew it; may be empty
public record Bounce(
    BounceClass cause,
    Permanence permanence,
    String status,
    String diagnostic,
    String finalRecipient) {
  public Bounce {
    Objects.requireNonNull(cause, "cause");
    Objects.requireNonNull(permanence, "permanence");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(diagnostic, "diagnostic");
    Objects.requireNonNull(finalRecipient, "finalRecipient");
  }

  /// The same bounce with the doubt that it is about this address alone.
  Bounce inDoubt() {
    return permanence == Permanence.HARD
        ? new Bounce(cause, Permanence.SOFT, status, diagnostic, finalRecipient)
        : this;
  }
}

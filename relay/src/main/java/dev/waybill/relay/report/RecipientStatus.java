package dev.waybill.relay.report;

import java.util.Locale;
import java.util.Objects;
import java.util.Optional;

/// What a delivery report says about one recipient (RFC 3464 §2.3).
///
/// @param action what the reporting host did
/// @param status the enhanced status code such as `5.1.1` (RFC 3463 §2); empty when it is no such
///   code
/// @param finalRecipient the address without its type as the reporting host knew it; may be empty
/// @param originalRecipient the address the sender gave, without its type; may be empty
/// @param diagnostic the `Diagnostic-Code` without its type, usually the remote's reply; may be
///   empty
public record RecipientStatus(
    Action action,
    String status,
    String finalRecipient,
    String originalRecipient,
    String diagnostic) {
  /// The `Action` field (RFC 3464 §2.3.3).
  public enum Action {
    /// The message could not be delivered and nobody goes on trying.
    FAILED,
    /// Not delivered yet; somebody goes on trying.
    DELAYED,
    /// Delivered to the recipient's mailbox.
    DELIVERED,
    /// Handed to a system that sends no reports.
    RELAYED,
    /// Delivered to a list and passed on to its members.
    EXPANDED;

    static Optional<Action> parse(String text) {
      for (Action action : values()) {
        if (action.name().equals(text.strip().toUpperCase(Locale.ROOT))) {
          return Optional.of(action);
        }
      }
      return Optional.empty();
    }
  }

  public RecipientStatus {
    Objects.requireNonNull(action, "action");
    Objects.requireNonNull(status, "status");
    Objects.requireNonNull(finalRecipient, "finalRecipient");
    Objects.requireNonNull(originalRecipient, "originalRecipient");
    Objects.requireNonNull(diagnostic, "diagnostic");
  }
}

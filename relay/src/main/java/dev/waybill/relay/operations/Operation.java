package dev.waybill.relay.operations;

import java.util.Objects;

/// What an operator does with waiting deliveries.
public sealed interface Operation {
  /// They wait until they are released. One that is being sent goes on to the end of its attempt.
  ///
  /// @param reason for other operators, 1 to 200 characters
  record Hold(String reason) implements Operation {
    public Hold {
      requireReason(reason);
    }
  }

  /// What is held, for whatever reason, is due again; a scheduled one at its time.
  record Release() implements Operation {}

  /// What is deferred is due now.
  record Retry() implements Operation {}

  /// They are never delivered. One that is being sent goes on to the end of its attempt.
  ///
  /// @param reason for the event, 1 to 200 characters
  record Cancel(String reason) implements Operation {
    public Cancel {
      requireReason(reason);
    }
  }

  private static void requireReason(String reason) {
    Objects.requireNonNull(reason, "reason");
    if (reason.isBlank() || reason.length() > 200) {
      throw new IllegalArgumentException(
          "reason \"%s\" (expected: 1 to 200 characters)".formatted(reason));
    }
  }
}

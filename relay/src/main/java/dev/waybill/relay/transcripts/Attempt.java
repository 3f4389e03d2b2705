package dev.waybill.relay.transcripts;

import dev.waybill.relay.events.DeliveryKey;
import dev.waybill.relay.smtp.Dialogue;
import java.util.List;
import java.util.Locale;
import java.util.Objects;

/// An attempt at a delivery, as it has just ended.
///
/// @param number from 1 on
/// @param began when, in nanoseconds of the clock that the dialogues were written by
/// @param ended when, by the same clock
/// @param parts what was said, in its order; nobody writes to the dialogues any more
public record Attempt(
    DeliveryKey delivery, int number, Ending ending, long began, long ended, List<Part> parts) {
  /// What an attempt costs in memory beside its dialogues, in characters, about.
  private static final int OVERHEAD = 300;

  /// How it ended.
  ///
  /// @param outcome `delivered`, `deferred`, `rejected`, `unreachable`, `discarded` or `fault`
  /// @param reply the last reply, or the reason in our words
  public record Ending(String outcome, String reply) {
    public Ending {
      Objects.requireNonNull(outcome, "outcome");
      Objects.requireNonNull(reply, "reply");
    }
  }

  /// What a part of an attempt is.
  public enum Kind {
    /// Remarks of ours: hosts that were not reached, and why.
    REMARKS,
    /// The opening of a connection.
    CONNECTION,
    /// The opening of a connection that stood already, for other mail.
    EARLIER_CONNECTION,
    /// A mail transaction.
    TRANSACTION;

    /// As the admin API names it, such as `earlier_connection`.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// A part of an attempt.
  public record Part(Kind kind, Dialogue dialogue) {}

  public Attempt {
    Objects.requireNonNull(delivery, "delivery");
    Objects.requireNonNull(ending, "ending");
    parts = List.copyOf(parts);
  }

  /// How much memory it takes, in characters, about.
  int weight() {
    int weight = OVERHEAD + ending.reply().length();
    for (Part part : parts) {
      weight += part.dialogue().length();
    }
    return weight;
  }
}

package dev.waybill.relay.admission;

import dev.waybill.relay.queue.Acceptance;
import java.util.Objects;

/// Whether a message may be sent.
public sealed interface Verdict {
  /// It may; nothing is stored yet.
  record Admitted(Acceptance acceptance) implements Verdict {
    public Admitted {
      Objects.requireNonNull(acceptance, "acceptance");
    }
  }

  /// It may not.
  ///
  /// @param cause the kind of reason, for counting
  /// @param code the reply code (RFC 5321 §4.2)
  /// @param enhanced the enhanced status code (RFC 3463)
  /// @param text what is wrong and what was expected; may quote the message, so whoever sends it
  ///   cleans and shortens it
  record Refused(Cause cause, int code, String enhanced, String text) implements Verdict {
    public Refused {
      Objects.requireNonNull(cause, "cause");
      Objects.requireNonNull(enhanced, "enhanced");
      Objects.requireNonNull(text, "text");
      if (code < 400 || code > 599) {
        throw new IllegalArgumentException("code %d (expected: 400..599)".formatted(code));
      }
    }

    static Refused content(String text) {
      return new Refused(Cause.CONTENT, 550, "5.6.0", text);
    }

    static Refused sender(String text) {
      return new Refused(Cause.SENDER, 550, "5.7.1", text);
    }
  }

  /// The kinds of reasons for a refusal.
  enum Cause {
    /// Who it says it is from is not verified here or not allowed for the key.
    SENDER,
    /// Its header cannot be relied on.
    CONTENT
  }
}

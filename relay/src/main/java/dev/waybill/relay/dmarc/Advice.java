package dev.waybill.relay.dmarc;

import java.util.Locale;
import java.util.Objects;

/// What follows from the reports for the domain's policy. A value.
///
/// @param verdict in a word
/// @param text in a sentence or two, for the domain's owner
public record Advice(Verdict verdict, String text) {
  /// In a word.
  public enum Verdict {
    /// There is too little to go by; the text says what is missing.
    NOT_ENOUGH_EVIDENCE,
    /// This relay's own mail fails.
    REPAIR,
    /// Somebody else's mail fails, and only the owner knows whether it is the owner's.
    REVIEW,
    /// All mail passes, and the policy asks for less than it could.
    STRENGTHEN,
    /// All mail passes, or none that should; there is nothing to change.
    KEEP;

    /// In lower case, such as `not_enough_evidence`.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  public Advice {
    Objects.requireNonNull(verdict, "verdict");
    Objects.requireNonNull(text, "text");
  }
}

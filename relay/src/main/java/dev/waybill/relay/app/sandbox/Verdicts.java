package dev.waybill.relay.app.sandbox;

import java.util.Locale;
import java.util.Objects;
import java.util.stream.Stream;

/// What the receiving side makes of one message.
public record Verdicts(Verdict spf, Verdict dkim, Verdict dmarc, Verdict oneClick) {
  public Verdicts {
    Objects.requireNonNull(spf, "spf");
    Objects.requireNonNull(dkim, "dkim");
    Objects.requireNonNull(dmarc, "dmarc");
    Objects.requireNonNull(oneClick, "oneClick");
  }

  /// Whether all four are pass.
  public boolean allPassed() {
    return Stream.of(spf, dkim, dmarc, oneClick).allMatch(v -> v.result() == Result.PASS);
  }

  /// How one check ended.
  public enum Result {
    PASS,
    FAIL,
    /// There was nothing to judge.
    NONE;

    /// The public name, such as `pass`.
    public String text() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  /// A result with its reason.
  ///
  /// @param explanation a sentence for people; it may quote the message and must be escaped
  public record Verdict(Result result, String explanation) {
    private static final int MAX_EXPLANATION = 600;

    public Verdict {
      Objects.requireNonNull(result, "result");
      explanation =
          explanation.length() > MAX_EXPLANATION
              ? explanation.substring(0, MAX_EXPLANATION) + "…"
              : explanation;
    }

    static Verdict pass(String explanation) {
      return new Verdict(Result.PASS, explanation);
    }

    static Verdict fail(String explanation) {
      return new Verdict(Result.FAIL, explanation);
    }

    static Verdict none(String explanation) {
      return new Verdict(Result.NONE, explanation);
    }

    boolean passed() {
      return result == Result.PASS;
    }
  }
}

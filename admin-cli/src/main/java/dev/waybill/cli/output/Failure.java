package dev.waybill.cli.output;

import java.util.Objects;

/// The end of a command that could not do what was asked: one line that says what was tried and
/// what went wrong, one that says what to do next. Neither ever holds a key.
public final class Failure extends Exception {
  private static final long serialVersionUID = 1L;

  private final ExitCode code;
  private final String advice;

  /// @param problem what was tried and why it did not work
  /// @param advice what to do next; empty when the problem says it all
  public Failure(ExitCode code, String problem, String advice) {
    super(problem, null, false, false);
    this.code = Objects.requireNonNull(code, "code");
    this.advice = Objects.requireNonNull(advice, "advice");
  }

  /// What the process exits with.
  public ExitCode code() {
    return code;
  }

  /// What went wrong.
  public String problem() {
    return Objects.requireNonNullElse(getMessage(), "");
  }

  /// What to do next; may be empty.
  public String advice() {
    return advice;
  }
}

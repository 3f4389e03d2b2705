package dev.waybill.cli.output;

/// How a command ended, for the shell that started it. The numbers are a promise to scripts.
public enum ExitCode {
  OK(0, "What was asked is done."),
  FAILED(1, "The relay failed, or answered something that cannot be understood."),
  USAGE(2, "The command line or the configuration is wrong; nothing was sent."),
  REFUSED(3, "The relay understood and refused: wrong key, invalid value, conflict, rate limit."),
  UNREACHABLE(4, "The relay cannot be reached, or did not answer in time."),
  NOT_FOUND(5, "The relay knows no such thing."),
  NOT_VERIFIED(6, "Waited for a domain to verify or a key to sign, and it did not.");

  private final int number;
  private final String sentence;

  ExitCode(int number, String sentence) {
    this.number = number;
    this.sentence = sentence;
  }

  /// What the process exits with.
  public int number() {
    return number;
  }

  /// What it means, for the help.
  public String sentence() {
    return sentence;
  }
}

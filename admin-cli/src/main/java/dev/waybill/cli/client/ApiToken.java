package dev.waybill.cli.client;

import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;

/// An API key that never shows itself: neither its text form nor an error about it holds a
/// character of it. Immutable.
public final class ApiToken {
  private static final int LONGEST = 512;

  private final String text;

  private ApiToken(String text) {
    this.text = text;
  }

  /// Checks and takes a key.
  ///
  /// @param text the key; white space around it is dropped
  /// @param origin where it came from, for the error
  public static ApiToken of(String text, String origin) throws Failure {
    String key = text.strip();
    if (key.isEmpty()) {
      throw new Failure(ExitCode.USAGE, "no API key in " + origin + ": it is empty", "");
    }
    if (key.length() > LONGEST || !key.chars().allMatch(c -> c > ' ' && c < 127)) {
      throw new Failure(
          ExitCode.USAGE,
          "no API key in "
              + origin
              + " (expected: one line of at most "
              + LONGEST
              + " visible ASCII characters)",
          "");
    }
    return new ApiToken(key);
  }

  /// The key itself, for the request and the configuration file only.
  String text() {
    return text;
  }

  @Override
  public String toString() {
    return "(an API key)";
  }
}

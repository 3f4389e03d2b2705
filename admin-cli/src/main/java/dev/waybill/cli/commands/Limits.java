package dev.waybill.cli.commands;

import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import org.jspecify.annotations.Nullable;

/// Bounds of what a user may ask for. Stateless.
final class Limits {
  private Limits() {}

  /// How many elements of a list to read; all of them when not given.
  static int items(@Nullable Integer limit) throws Failure {
    if (limit == null) {
      return Integer.MAX_VALUE;
    }
    return positive("--limit", limit);
  }

  /// A count of at least 1.
  static int positive(String option, int value) throws Failure {
    if (value < 1) {
      throw new Failure(
          ExitCode.USAGE, option + ": " + value + " (expected: a number of at least 1)", "");
    }
    return value;
  }

  /// The size of an RSA key that the relay makes.
  static int rsaBits(int bits) throws Failure {
    if (bits != 2048 && bits != 3072 && bits != 4096) {
      throw new Failure(
          ExitCode.USAGE, "--rsa-bits: " + bits + " (expected: 2048, 3072 or 4096)", "");
    }
    return bits;
  }
}

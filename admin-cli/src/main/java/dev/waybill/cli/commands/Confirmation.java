package dev.waybill.cli.commands;

import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Terminal;
import java.util.Locale;

/// Asks before something is lost. Stateless.
final class Confirmation {
  private Confirmation() {}

  /// Returns when the person says yes.
  ///
  /// @throws Failure when they do not, or when nobody can be asked
  static void of(Terminal terminal, String question) throws Failure {
    if (!terminal.asks()) {
      throw new Failure(
          ExitCode.USAGE,
          "nobody to ask: standard input is no terminal",
          "Give --yes to go ahead.");
    }
    String answer = terminal.ask(question + " [y/N] ").toLowerCase(Locale.ROOT);
    if (!answer.equals("y") && !answer.equals("yes")) {
      throw new Failure(ExitCode.FAILED, "nothing was changed", "");
    }
  }
}

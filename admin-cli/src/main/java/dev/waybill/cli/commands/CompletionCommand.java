package dev.waybill.cli.commands;

import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/// `completion`: teaches the shell this command. One thread uses it.
@Command(
    name = "completion",
    description = "Print a completion script; the same one serves bash and zsh.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  source <(waybillctl completion bash)      # in ~/.bashrc",
      "  source <(waybillctl completion zsh)       # in ~/.zshrc, after compinit",
      "  waybillctl completion bash > ~/.local/share/bash-completion/completions/waybillctl"
    })
final class CompletionCommand implements Callable<Integer> {
  /// The shells that the script serves.
  enum Shell {
    BASH,
    ZSH;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  @Parameters(
      paramLabel = "SHELL",
      arity = "0..1",
      description = "${COMPLETION-CANDIDATES} (default: bash).")
  Shell shell = Shell.BASH;

  private final Waybillctl root;

  @Spec CommandSpec spec;

  CompletionCommand(Waybillctl root) {
    this.root = root;
    this.spec = CommandSpec.create();
  }

  @Override
  public Integer call() {
    CommandLine whole = spec.root().commandLine();
    root.report().out().print(AutoComplete.bash(whole.getCommandName(), whole));
    return 0;
  }
}

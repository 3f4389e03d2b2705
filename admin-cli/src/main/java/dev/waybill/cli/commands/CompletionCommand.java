package dev.waybill.cli.commands;

import java.util.concurrent.Callable;
import picocli.AutoComplete;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/// `completion`: teaches the shell this command. One thread uses it.
@Command(
    name = "completion",
    description = "Print a completion script for bash, and for zsh with bashcompinit.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  source <(waybillctl completion)",
      "  waybillctl completion > ~/.local/share/bash-completion/completions/waybillctl"
    })
final class CompletionCommand implements Callable<Integer> {
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

package dev.waybill.relay.app;

import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// `waybill sandbox`: the whole product on one machine, with a world of its own around it.
@Command(
    name = "sandbox",
    description =
        "Run the whole product on this machine with a DNS and a mail host of its own, and show what"
            + " the receiver sees.")
final class SandboxCommand implements Callable<Integer> {
  @Spec CommandSpec command = CommandSpec.create();

  @Option(
      names = "--data-dir",
      paramLabel = "DIR",
      description = "Where everything is kept. Default: a new temporary folder.")
  @Nullable Path dataDir;

  @Option(
      names = "--port-base",
      paramLabel = "N",
      description = {
        "Use the ports N to N+6 (submission, submission TLS, feedback, inbox, admin, DNS, MX), or",
        "free ones where N is 0. Default: 2587, 2465, 2526, 8080, 8081, 2553, 2525."
      })
  @Nullable Integer portBase;

  @Option(
      names = "--once",
      description =
          "End as soon as the messages have arrived: with 0 when every verdict is pass, else with 1.")
  boolean once;

  @Option(
      names = "--messages",
      paramLabel = "N",
      description =
          "Also send N copies of the samples and follow N links of them, as fast as they are taken.")
  int messages;

  @Override
  public Integer call() throws Exception {
    Path folder = dataDir == null ? Files.createTempDirectory("waybill-sandbox-") : dataDir;
    Files.createDirectories(folder);
    Sandbox sandbox = Sandbox.open(folder.toAbsolutePath(), SandboxPorts.from(portBase));
    command.commandLine().getOut().println(sandbox.start());
    if (messages > 0) {
      sandbox.sendMany(messages);
    }
    if (once) {
      boolean passed = sandbox.everyVerdictPassed();
      sandbox.stop();
      return passed ? 0 : Main.FAILED;
    }
    Lifecycle.runUntilStopped(sandbox::stop);
    return 0;
  }
}

package dev.waybill.relay.app;

import dev.waybill.relay.config.Configuration;
import dev.waybill.relay.config.Problem;
import dev.waybill.relay.config.RelaySettings;
import dev.waybill.relay.config.SettingsReader;
import java.io.IOException;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/// The commands of `waybill`. Exit codes: 0 ok, 1 failed, 2 usage, 78 configuration (sysexits
/// EX_CONFIG).
@Command(
    name = "waybill",
    description = "An outbound SMTP relay: verified senders, DKIM, tracking, durable delivery.",
    mixinStandardHelpOptions = false,
    synopsisSubcommandLabel = "COMMAND",
    subcommands = {SandboxCommand.class})
public final class Main {
  static final int FAILED = 1;
  static final int CONFIGURATION = 78;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      description = "Show this help.")
  boolean help;

  private final PrintWriter out;
  private final PrintWriter err;
  private final Map<String, String> environment;

  Main(PrintWriter out, PrintWriter err, Map<String, String> environment) {
    this.out = out;
    this.err = err;
    this.environment = Map.copyOf(environment);
  }

  public static void main(String[] arguments) {
    if (arguments.length > 0 && arguments[0].equals("serve")) {
      HeadStart.cryptography();
    }
    PrintWriter out = new PrintWriter(System.out, true, StandardCharsets.UTF_8);
    PrintWriter err = new PrintWriter(System.err, true, StandardCharsets.UTF_8);
    System.exit(new Main(out, err, Configuration.environment()).run(arguments));
  }

  /// Runs one command to its end.
  ///
  /// `serve` as service managers write it is understood here: the command line library, which the
  /// cache of loaded classes cannot hold, would cost each start a tenth of a second.
  ///
  /// @return the exit code
  int run(String... arguments) {
    boolean plain = arguments.length > 0 && arguments[0].equals("serve");
    if (plain && arguments.length == 1) {
      return serveOrExplain(null);
    }
    if (plain && arguments.length == 3 && arguments[1].equals("--config")) {
      return serveOrExplain(Path.of(arguments[2]));
    }
    CommandLine line = new CommandLine(this);
    line.setOut(out);
    line.setErr(err);
    line.setExecutionExceptionHandler((failure, _, _) -> explain(failure));
    return line.execute(arguments.length == 0 ? new String[] {"--help"} : arguments);
  }

  @Command(name = "serve", description = "Run the relay until SIGTERM or Ctrl-C.")
  int serve(
      @Option(names = "--config", paramLabel = "FILE", description = "The configuration file.")
          @Nullable Path config)
      throws IOException, InterruptedException {
    Optional<RelaySettings> settings = settings(config);
    if (settings.isEmpty()) {
      return CONFIGURATION;
    }
    Logger log = LoggerFactory.getLogger(Main.class);
    if (settings.get().machine().hostname().parent().isEmpty()) {
      log.warn(
          "hostname {} has one label only: other hosts cannot look it up; set hostname",
          settings.get().machine().hostname());
    }
    Relay relay = new Relay(settings.get(), List.of());
    relay.start();
    Ports ports = relay.ports();
    log.info(
        "Waybill {} is ready: submission {} and {}, feedback {}, tracking {}, admin {}",
        Version.text(),
        ports.submission(),
        ports.submissionTls(),
        ports.feedback(),
        ports.tracking(),
        ports.admin());
    Lifecycle.runUntilStopped(relay::stop);
    return 0;
  }

  private int serveOrExplain(@Nullable Path config) {
    try {
      return serve(config);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return FAILED;
    } catch (IOException | RuntimeException failure) {
      return explain(failure);
    }
  }

  @Command(
      name = "check-config",
      description = "Read the configuration, report every problem in it, and end.")
  int checkConfig(
      @Option(names = "--config", paramLabel = "FILE", description = "The configuration file.")
          @Nullable Path config) {
    if (settings(config).isEmpty()) {
      return CONFIGURATION;
    }
    out.println("The configuration is in order.");
    return 0;
  }

  @Command(name = "version", description = "Show which Waybill this is.")
  int version() {
    out.println("waybill " + Version.text());
    return 0;
  }

  private Optional<RelaySettings> settings(@Nullable Path file) {
    Configuration configuration = Configuration.read(file, environment);
    return switch (new SettingsReader(configuration).read()) {
      case SettingsReader.Outcome.Settled(RelaySettings settings) -> Optional.of(settings);
      case SettingsReader.Outcome.Wrong(List<Problem> problems) -> {
        problems.forEach(err::println);
        yield Optional.empty();
      }
    };
  }

  /// A start that fails says in one line why; the log has the rest.
  private int explain(Exception failure) {
    LoggerFactory.getLogger(Main.class).debug("the command failed", failure);
    Throwable cause = failure;
    StringBuilder text = new StringBuilder("waybill: ").append(cause.getMessage());
    while (cause.getCause() != null) {
      cause = cause.getCause();
      text.append(": ").append(cause.getMessage());
    }
    err.println(text);
    return FAILED;
  }
}

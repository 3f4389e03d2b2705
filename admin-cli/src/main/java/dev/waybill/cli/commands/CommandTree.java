package dev.waybill.cli.commands;

import dev.waybill.cli.commands.ApiKeysCommand.Permission;
import dev.waybill.cli.commands.DomainsCommand.Tls;
import dev.waybill.cli.commands.InstructionsCommand.Shape;
import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Format;
import dev.waybill.cli.output.Terminal;
import dev.waybill.cli.records.RecordFormat;
import java.io.PrintWriter;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import picocli.CommandLine;
import picocli.CommandLine.Help.Ansi;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/// All nouns below the command, and how a command that could not be done is told. Stateless.
public final class CommandTree {
  /// The library refuses less.
  private static final int NARROWEST_HELP = 55;

  private CommandTree() {}

  /// Builds the command line.
  ///
  /// @param version what `--version` prints after the name
  public static CommandLine of(Waybillctl root, String version) {
    CommandLine line = new CommandLine(root);
    line.addSubcommand(domains(root));
    line.addSubcommand(new ApiKeysCommand(root));
    line.addSubcommand(new SuppressionsCommand(root));
    line.addSubcommand(new StreamsCommand(root));
    line.addSubcommand(new SourcesCommand(root));
    line.addSubcommand(new QueueCommand(root));
    line.addSubcommand(new EmailsCommand(root));
    line.addSubcommand(new EventsCommand(root));
    line.addSubcommand(new DmarcCommand(root));
    line.addSubcommand(new StatusCommand(root));
    line.addSubcommand(new SendTestCommand(root));
    line.addSubcommand(new LoginCommand(root));
    line.addSubcommand(new CompletionCommand(root));
    line.getCommandSpec().version("waybillctl " + version);
    line.getCommandSpec().usageMessage().exitCodeListHeading("%nExit codes:%n");
    line.getCommandSpec().usageMessage().exitCodeList(exitCodes());
    line.registerConverter(Duration.class, new DurationConverter());
    line.registerConverter(Format.class, new Choice<>(Format.class));
    line.registerConverter(RecordFormat.class, new Choice<>(RecordFormat.class));
    line.registerConverter(
        CompletionCommand.Shell.class, new Choice<>(CompletionCommand.Shell.class));
    line.registerConverter(Shape.class, new Choice<>(Shape.class));
    line.registerConverter(Tls.class, new Choice<>(Tls.class));
    line.registerConverter(Permission.class, new Choice<>(Permission.class));
    Terminal terminal = root.terminal();
    line.setOut(new PrintWriter(terminal.out(), true, StandardCharsets.UTF_8));
    line.setErr(new PrintWriter(terminal.err(), true, StandardCharsets.UTF_8));
    line.setColorScheme(
        CommandLine.Help.defaultColorScheme(terminal.paint().on() ? Ansi.ON : Ansi.OFF));
    terminal.width().ifPresent(width -> line.setUsageHelpWidth(Math.max(NARROWEST_HELP, width)));
    line.setParameterExceptionHandler((problem, _) -> tell(terminal, problem));
    line.setExecutionExceptionHandler((problem, _, _) -> tell(terminal, problem));
    return line;
  }

  private static CommandLine domains(Waybillctl root) {
    CommandLine domains = new CommandLine(new DomainsCommand(root));
    domains.addSubcommand(new DomainAddCommand(root));
    domains.addSubcommand(new DomainUpdateCommand(root));
    domains.addSubcommand(new RotateKeyCommand(root));
    domains.addSubcommand(new InstructionsCommand(root));
    domains.addSubcommand(new DoctorCommand(root));
    VerbGroups.apply(domains, DomainsCommand.groups());
    return domains;
  }

  private static Map<String, String> exitCodes() {
    Map<String, String> list = new LinkedHashMap<>();
    for (ExitCode code : ExitCode.values()) {
      list.put(" " + code.number(), code.sentence());
    }
    return list;
  }

  private static int tell(Terminal terminal, ParameterException problem) {
    String command = problem.getCommandLine().getCommandSpec().qualifiedName();
    terminal.say("waybillctl: " + describe(problem));
    terminal.say("See: " + command + " --help");
    return ExitCode.USAGE.number();
  }

  /// Only the first argument that fits nowhere is repeated, and of an option only its name: what
  /// follows `--api-key` would be a key.
  private static String describe(ParameterException problem) {
    if (!(problem instanceof UnmatchedArgumentException unmatched)
        || unmatched.getUnmatched().isEmpty()) {
      return String.valueOf(problem.getMessage());
    }
    String first = unmatched.getUnmatched().getFirst();
    if (!first.startsWith("-")) {
      return "'" + first + "' was not expected here";
    }
    String option = first.split("=", 2)[0];
    String hint =
        option.startsWith("--api-key") || option.startsWith("--key")
            ? "; a key comes from --api-key-file FILE, WAYBILL_API_KEY or waybillctl login"
            : "";
    return "there is no option " + option + hint;
  }

  private static int tell(Terminal terminal, Exception problem) {
    if (problem instanceof Failure failure) {
      terminal.explain("waybillctl: " + failure.problem());
      if (!failure.advice().isEmpty()) {
        terminal.say(failure.advice());
      }
      return failure.code().number();
    }
    // An Error comes wrapped in the library's own exception, which says nothing.
    Throwable fault = problem;
    while (fault.getCause() != null) {
      fault = fault.getCause();
    }
    StackTraceElement[] trace = fault.getStackTrace();
    terminal.say(
        "waybillctl: a fault in this program, please report it: "
            + fault.getClass().getName()
            + (trace.length == 0 ? "" : " at " + trace[0]));
    return ExitCode.FAILED.number();
  }
}

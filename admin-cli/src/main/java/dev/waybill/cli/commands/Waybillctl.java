package dev.waybill.cli.commands;

import dev.waybill.cli.client.AdminClient;
import dev.waybill.cli.client.Settings;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Format;
import dev.waybill.cli.output.Report;
import dev.waybill.cli.output.Terminal;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ScopeType;

/// The command itself: the options that every verb knows, before or after it, and what they lead
/// to. One thread uses it, for one command line.
@Command(
    name = "waybillctl",
    synopsisSubcommandLabel = "NOUN VERB",
    description = "Administers a Waybill relay over its admin API.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  waybillctl login                        # once; stores the address and a key",
      "  waybillctl domains add example.com      # shows the DNS records to publish",
      "  waybillctl domains verify example.com --wait",
      "  KEY=$(waybillctl api-keys create shop --permission sending_access)",
      "  waybillctl events tail --type email.bounced",
      "",
      "Address and key: an option wins over WAYBILL_URL and WAYBILL_API_KEY, which win",
      "over the file that login wrote. Data goes to standard output, talk to standard",
      "error. NO_COLOR is honoured."
    })
public final class Waybillctl implements AutoCloseable {
  @Option(
      names = "--url",
      paramLabel = "URL",
      scope = ScopeType.INHERIT,
      description = "The admin API (default: http://127.0.0.1:8081).")
  @Nullable String url;

  @Option(
      names = "--api-key-file",
      paramLabel = "FILE",
      scope = ScopeType.INHERIT,
      description = "File that holds an API key with full access.")
  @Nullable Path apiKeyFile;

  @Option(
      names = {"-o", "--output"},
      // Not FORMAT: the completion script keeps candidates by label.
      paramLabel = "KIND",
      scope = ScopeType.INHERIT,
      description = "${COMPLETION-CANDIDATES} (default: table).")
  Format output = Format.TABLE;

  @Option(
      names = {"-h", "--help"},
      usageHelp = true,
      scope = ScopeType.INHERIT,
      description = "Explain the command and stop.")
  boolean help;

  @Option(
      names = {"-V", "--version"},
      versionHelp = true,
      description = "Print the version and stop.")
  boolean version;

  private final Terminal terminal;
  private final String agent;
  private @Nullable AdminClient client;

  /// @param agent how this program names itself to the relay
  public Waybillctl(Terminal terminal, String agent) {
    this.terminal = terminal;
    this.agent = agent;
  }

  /// Where the command was started.
  Terminal terminal() {
    return terminal;
  }

  /// What was configured.
  Settings settings() {
    return new Settings(terminal, url, apiKeyFile);
  }

  /// How this program names itself.
  String agent() {
    return agent;
  }

  /// The relay that was configured; connects with the first request.
  AdminClient client() throws Failure {
    if (client == null) {
      client = new AdminClient(settings().target(), agent);
    }
    return client;
  }

  /// Writes data in the format that was asked for.
  Report report() {
    return new Report(terminal, output);
  }

  /// Tells the person, not the script.
  void say(String line) {
    terminal.say(line);
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
  }
}

package dev.waybill.cli.commands;

import dev.waybill.cli.client.AdminClient;
import dev.waybill.cli.client.ApiPath;
import dev.waybill.cli.client.ApiToken;
import dev.waybill.cli.client.ConfigFile;
import dev.waybill.cli.client.Settings;
import dev.waybill.cli.client.Target;
import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Json;
import dev.waybill.cli.output.Terminal;
import java.net.URI;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `login`: tries an address and a key, and remembers them. One thread uses it.
@Command(
    name = "login",
    description = {
      "Store the relay's address and an API key for later commands.",
      "Asks for what --url and --api-key-file (or WAYBILL_URL and WAYBILL_API_KEY) do not give,"
          + " tries them, and writes $XDG_CONFIG_HOME/waybill/waybillctl.json (by default in"
          + " ~/.config) so that only you can read it."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  waybillctl login",
      "  waybillctl login --url https://relay.example.com:8081 --api-key-file admin.key"
    })
final class LoginCommand implements Callable<Integer> {
  private static final List<Column> COLUMNS =
      List.of(
          Column.of("URL", "url"),
          Column.of("HOSTNAME", "hostname"),
          Column.of("VERSION", "version"),
          Column.of("FILE", "file"));

  private final Waybillctl root;

  LoginCommand(Waybillctl root) {
    this.root = root;
  }

  @Override
  public Integer call() throws Failure {
    Target target = new Target(url(), token());
    ConfigFile file = ConfigFile.of(root.terminal());
    JsonNode status;
    try (AdminClient client = new AdminClient(target, root.agent())) {
      status = client.get(ApiPath.of("status"));
    }
    if (target.exposesKey()) {
      root.say("warning: the key crosses the network unencrypted; better an https address");
    }
    file.write(target);
    ObjectNode result = Json.object();
    result.put("url", target.url().toString());
    result.put("hostname", Column.text(status.path("hostname")));
    result.put("version", Column.text(status.path("version")));
    result.put("file", file.path().toString());
    root.report().change(result, COLUMNS);
    root.say(
        "Logged in to %s (Waybill %s at %s); stored in %s"
            .formatted(
                Column.text(result.path("hostname")),
                Column.text(result.path("version")),
                target.url(),
                file.path()));
    return 0;
  }

  private URI url() throws Failure {
    Optional<URI> given = root.settings().givenUrl();
    if (given.isPresent() || !root.terminal().asks()) {
      return given.orElse(URI.create(Target.DEFAULT_URL));
    }
    String answer = root.terminal().ask("Address of the admin API [" + Target.DEFAULT_URL + "]: ");
    return Target.parseUrl(answer.isEmpty() ? Target.DEFAULT_URL : answer, "the address");
  }

  private ApiToken token() throws Failure {
    Settings settings = root.settings();
    Terminal terminal = root.terminal();
    Optional<ApiToken> given = settings.givenToken();
    if (given.isPresent()) {
      return given.get();
    }
    if (!terminal.asks()) {
      throw new Failure(
          ExitCode.USAGE,
          "nobody to ask for the key: standard input is no terminal",
          "Give --api-key-file FILE; the relay wrote its first key to <data-dir>/admin.key.");
    }
    return ApiToken.of(terminal.askSecret("API key (not shown): "), "the answer");
  }
}

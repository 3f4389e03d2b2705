package dev.waybill.cli.commands;

import dev.waybill.cli.client.ApiPath;
import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Format;
import dev.waybill.cli.output.Json;
import dev.waybill.cli.output.Text;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `domains rotate-key`: the next DKIM key signs. One thread uses it.
@Command(
    name = "rotate-key",
    description = {
      "Let the next DKIM key sign.",
      "A key whose record is in the DNS signs at once. Otherwise this says what to publish; the"
          + " relay looks for it and switches by itself. With --wait this command stays until"
          + " then, and exits with 6 when it is not in time."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  waybillctl domains rotate-key example.com",
      "  waybillctl domains rotate-key example.com --rsa-bits 4096 --wait --timeout 1h",
      "  waybillctl domains rotate-key example.com --key s2.pem --selector s2",
      "  waybillctl domains rotate-key example.com --status"
    })
final class RotateKeyCommand implements Callable<Integer> {
  @Parameters(paramLabel = "NAME", description = DomainsCommand.NAME)
  String name = "";

  @Option(names = "--ed25519", description = "Change the Ed25519 key (default: the RSA key).")
  boolean ed25519;

  @Option(
      names = "--rsa-bits",
      paramLabel = "N",
      description = "Make a new RSA key of 2048, 3072 or 4096 bits (default: the standby key).")
  @Nullable Integer rsaBits;

  @Option(
      names = "--key",
      paramLabel = "FILE",
      description = "Bring a private key (PEM); needs --selector.")
  @Nullable Path key;

  @Option(
      names = "--selector",
      paramLabel = "NAME",
      description = "The selector of the next key (default: chosen by the relay).")
  @Nullable String selector;

  @Option(names = "--wait", description = "Wait until the next key signs.")
  boolean wait;

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "10m",
      description = "How long to wait (default: 10m).")
  Duration timeout = Duration.ZERO;

  @Option(
      names = "--interval",
      paramLabel = "DURATION",
      defaultValue = "2s",
      description = "How often to ask (default: 2s).")
  Duration interval = Duration.ZERO;

  @Option(names = "--status", description = "Only tell how far a change of key is.")
  boolean status;

  @Option(names = "--cancel", description = "Give up a change that waits for its record.")
  boolean cancel;

  private final Waybillctl root;

  RotateKeyCommand(Waybillctl root) {
    this.root = root;
  }

  @Override
  public Integer call() throws Failure {
    ObjectNode body = body();
    ApiPath domain = DomainsCommand.DOMAINS.name(name);
    ApiPath path = domain.then("keys").then("rotate");
    RotationReport report = new RotationReport(root, domain);
    if (cancel) {
      report.cancelled(root.client().delete(path));
      return ExitCode.OK.number();
    }
    JsonNode rotation = status ? root.client().get(path) : root.client().post(path, body);
    boolean waits = wait && RotationReport.waiting(rotation);
    if (waits) {
      if (root.output == Format.TABLE) {
        report.tell(rotation);
      }
      rotation = new RotationWatch(root, domain).run(rotation, timeout, interval);
    }
    if (waits && !RotationReport.switched(rotation)) {
      if (root.output != Format.TABLE) {
        report.tell(rotation);
      }
      throw new Failure(
          ExitCode.NOT_VERIFIED,
          "%s does not sign after %s: %s"
              .formatted(
                  Column.text(rotation.path("next")),
                  Text.duration(timeout),
                  Column.text(rotation.path("explanation"))),
          "The relay goes on looking and switches by itself. See: waybillctl domains rotate-key "
              + name
              + " --status");
    }
    report.tell(rotation);
    return ExitCode.OK.number();
  }

  private ObjectNode body() throws Failure {
    boolean wishes = ed25519 || rsaBits != null || key != null || selector != null;
    if (status && cancel || (status || cancel) && wishes || cancel && wait) {
      throw usage(
          (cancel ? "--cancel" : "--status")
              + " goes with no wish for a key, and not with the other");
    }
    if (key != null && selector == null) {
      throw usage("--key needs --selector: the name its record is published under");
    }
    if (List.of(ed25519, rsaBits != null, key != null).stream().filter(is -> is).count() > 1) {
      throw usage("--ed25519, --rsa-bits and --key exclude each other");
    }
    ObjectNode body = Json.object();
    if (ed25519) {
      body.put("algorithm", "ed25519");
    }
    if (rsaBits != null) {
      body.put("algorithm", "rsa").put("rsa_bits", Limits.rsaBits(rsaBits));
    }
    if (key != null) {
      body.put("private_key", KeyFile.read("--key", key));
    }
    if (selector != null) {
      body.put("selector", selector);
    }
    return body;
  }

  private static Failure usage(String problem) {
    return new Failure(ExitCode.USAGE, problem, "See: waybillctl domains rotate-key --help");
  }
}

package dev.waybill.cli.commands;

import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Format;
import dev.waybill.cli.output.Json;
import dev.waybill.cli.records.RecordFormat;
import java.nio.file.Path;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `domains add`: everything a domain can be registered with. One thread uses it.
@Command(
    name = "add",
    description = "Register a domain and show the DNS records to publish.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  waybillctl domains add example.com",
      "  waybillctl domains add example.com --rsa-bits 3072 --ed25519",
      "  waybillctl domains add example.com --return-path bounce --click-tracking"
          + " --tracking-subdomain links",
      "  waybillctl domains add example.com --display-name 'Müller Shoes' --logo logo.png",
      "  waybillctl domains add example.com --dkim-key old-key.pem --dkim-selector s1"
    })
final class DomainAddCommand implements Callable<Integer> {
  @Parameters(paramLabel = "NAME", description = "The domain, such as example.com.")
  String name = "";

  @Option(
      names = "--return-path",
      paramLabel = "LABEL",
      description = "Subdomain that bounces come back to (default: send).")
  @Nullable String returnPath;

  @Option(
      names = "--rsa-bits",
      paramLabel = "N",
      description = "Size of the DKIM keys: 2048 (default), 3072 or 4096.")
  @Nullable Integer rsaBits;

  @Option(
      names = "--dkim-key",
      paramLabel = "FILE",
      description = "Bring an existing DKIM private key (PEM); needs --dkim-selector.")
  @Nullable Path dkimKey;

  @Option(
      names = "--dkim-selector",
      paramLabel = "NAME",
      description = "The selector that key is published under.")
  @Nullable String dkimSelector;

  @Mixin DomainOptions settings = new DomainOptions();

  private final Waybillctl root;

  DomainAddCommand(Waybillctl root) {
    this.root = root;
  }

  @Override
  public Integer call() throws Failure {
    JsonNode domain = root.client().post(DomainsCommand.DOMAINS, body());
    String added = Column.text(domain.path("name"));
    root.say("Added " + added + ". Publish these DNS records:");
    if (root.output == Format.JSON) {
      root.report().json(domain);
    } else {
      DomainsCommand.writeRecords(root, domain, RecordFormat.valueOf(root.output.name()), false);
    }
    root.say("Then run: waybillctl domains verify " + added + " --wait");
    root.say("Other formats: waybillctl domains records " + added + " --format bind");
    root.say("Somebody else runs the DNS? waybillctl domains instructions " + added);
    return ExitCode.OK.number();
  }

  private ObjectNode body() throws Failure {
    if ((dkimKey == null) != (dkimSelector == null)) {
      throw new Failure(ExitCode.USAGE, "--dkim-key and --dkim-selector are needed together", "");
    }
    ObjectNode body = Json.object().put("name", name);
    if (returnPath != null) {
      body.put("custom_return_path", returnPath);
    }
    settings.into(body);
    if (rsaBits != null) {
      body.put("dkim_rsa_bits", Limits.rsaBits(rsaBits));
    }
    if (dkimKey != null) {
      body.put("dkim_private_key", KeyFile.read("--dkim-key", dkimKey));
      body.put("dkim_selector", dkimSelector);
    }
    return body;
  }
}

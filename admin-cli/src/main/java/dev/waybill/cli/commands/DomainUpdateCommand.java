package dev.waybill.cli.commands;

import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Json;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// `domains update`: what can be changed of a domain. One thread uses it.
@Command(
    name = "update",
    description = "Change the settings of a domain; what is not named stays as it is.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  waybillctl domains update example.com --click-tracking --tracking-subdomain links",
      "  waybillctl domains update example.com --no-open-tracking --tls enforced",
      "  waybillctl domains update example.com --ed25519"
    })
final class DomainUpdateCommand implements Callable<Integer> {
  @Parameters(paramLabel = "NAME", description = DomainsCommand.NAME)
  String name = "";

  @Option(names = "--open-tracking", negatable = true, description = "Count opens, or not.")
  @Nullable Boolean openTracking;

  @Option(names = "--click-tracking", negatable = true, description = "Count clicks, or not.")
  @Nullable Boolean clickTracking;

  @Option(
      names = "--tracking-subdomain",
      paramLabel = "LABEL",
      description = "Subdomain that tracked links point to.")
  @Nullable String trackingSubdomain;

  @Option(
      names = "--no-tracking-subdomain",
      description = "Let tracked links point to the relay's own host.")
  boolean noTrackingSubdomain;

  @Option(
      names = "--tls",
      paramLabel = "MODE",
      description = "Encryption of the copies sent: ${COMPLETION-CANDIDATES}.")
  DomainsCommand.@Nullable Tls tls;

  @Option(
      names = "--ed25519",
      negatable = true,
      description = "Sign with an Ed25519 key too, or with RSA only.")
  @Nullable Boolean ed25519;

  private final Waybillctl root;

  DomainUpdateCommand(Waybillctl root) {
    this.root = root;
  }

  @Override
  public Integer call() throws Failure {
    ObjectNode body = body();
    root.report()
        .change(
            root.client().patch(DomainsCommand.DOMAINS.name(name), body), DomainsCommand.CHANGE);
    root.say("Updated " + name + ".");
    if (ed25519 != null && ed25519) {
      root.say(
          "There is a record more to publish: waybillctl domains records " + name + " --missing");
    }
    return ExitCode.OK.number();
  }

  private ObjectNode body() throws Failure {
    ObjectNode body = Json.object();
    if (openTracking != null) {
      body.put("open_tracking", openTracking);
    }
    if (clickTracking != null) {
      body.put("click_tracking", clickTracking);
    }
    if (trackingSubdomain != null && noTrackingSubdomain) {
      throw new Failure(
          ExitCode.USAGE,
          "--tracking-subdomain and --no-tracking-subdomain exclude each other",
          "");
    }
    if (trackingSubdomain != null) {
      body.put("tracking_subdomain", trackingSubdomain);
    }
    if (noTrackingSubdomain) {
      // null would mean: as it is
      body.put("tracking_subdomain", "");
    }
    if (tls != null) {
      body.put("tls", tls.toString());
    }
    if (ed25519 != null) {
      body.put("dkim_ed25519", ed25519);
    }
    if (body.isEmpty()) {
      throw new Failure(
          ExitCode.USAGE, "nothing to change on " + name, "See: waybillctl domains update --help");
    }
    return body;
  }
}

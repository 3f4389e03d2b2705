package dev.waybill.cli.commands;

import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Json;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
      "  waybillctl domains update example.com --ed25519",
      "  waybillctl domains update example.com --display-name 'Müller Shoes' --logo logo.png",
      "  waybillctl domains update example.com --unsubscribe-footer"
          + " 'You shop at Müller. [Unsubscribe](__unsubscribe_url__)'"
    })
final class DomainUpdateCommand implements Callable<Integer> {
  @Parameters(paramLabel = "NAME", description = DomainsCommand.NAME)
  String name = "";

  @Mixin DomainOptions settings = new DomainOptions();

  @Option(
      names = "--no-tracking-subdomain",
      description = "Let tracked links point to the relay's own host.")
  boolean noTrackingSubdomain;

  @Option(names = "--no-logo", description = "Take the picture away.")
  boolean noLogo;

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
    if (Boolean.TRUE.equals(settings.ed25519)) {
      root.say(
          "There is a record more to publish: waybillctl domains records " + name + " --missing");
    }
    return ExitCode.OK.number();
  }

  private ObjectNode body() throws Failure {
    exclude("--tracking-subdomain", settings.trackingSubdomain != null, noTrackingSubdomain);
    exclude("--logo", settings.logo != null, noLogo);
    ObjectNode body = Json.object();
    settings.into(body);
    if (noTrackingSubdomain) {
      body.put("tracking_subdomain", "");
    }
    if (noLogo) {
      body.put("logo", "");
    }
    if (body.isEmpty()) {
      throw new Failure(
          ExitCode.USAGE, "nothing to change on " + name, "See: waybillctl domains update --help");
    }
    return body;
  }

  private static void exclude(String option, boolean given, boolean taken) throws Failure {
    if (given && taken) {
      throw new Failure(
          ExitCode.USAGE, option + " and --no-" + option.substring(2) + " exclude each other", "");
    }
  }
}

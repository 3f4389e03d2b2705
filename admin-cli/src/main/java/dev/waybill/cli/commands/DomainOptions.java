package dev.waybill.cli.commands;

import dev.waybill.cli.output.Failure;
import java.nio.file.Path;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import tools.jackson.databind.node.ObjectNode;

/// The settings of a domain that it may begin with and that may be changed later. One thread uses
/// it.
final class DomainOptions {
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
      names = "--display-name",
      paramLabel = "TEXT",
      description = "What the unsubscribe page calls the sender; '' for the domain.")
  @Nullable String displayName;

  @Option(
      names = "--unsubscribe-footer",
      paramLabel = "TEXT",
      description = {
        "The words around the unsubscribe link of marketing mail that has none; '' for the relay's"
            + " own.",
        "__unsubscribe_url__ is the link, [words](__unsubscribe_url__) makes words the link;"
            + " without it the last line is."
      })
  @Nullable String unsubscribeFooter;

  @Option(
      names = "--logo",
      paramLabel = "FILE",
      description =
          "A picture for the unsubscribe page: PNG, JPEG, GIF or WebP, at most 64 KiB and 2000"
              + " pixels each way.")
  @Nullable Path logo;

  @Option(
      names = "--tls",
      paramLabel = "MODE",
      description = "Encryption of the copies sent: ${COMPLETION-CANDIDATES}.")
  DomainsCommand.@Nullable Tls tls;

  @Option(
      names = "--ed25519",
      negatable = true,
      description = "Sign with an Ed25519 key too, which is one record more to publish, or not.")
  @Nullable Boolean ed25519;

  /// Writes what was given.
  void into(ObjectNode body) throws Failure {
    put(body, "open_tracking", openTracking);
    put(body, "click_tracking", clickTracking);
    put(body, "tracking_subdomain", trackingSubdomain);
    put(body, "display_name", displayName);
    put(body, "unsubscribe_footer", unsubscribeFooter);
    if (logo != null) {
      body.put("logo", LogoFile.read("--logo", logo));
    }
    put(body, "tls", tls == null ? null : tls.toString());
    put(body, "dkim_ed25519", ed25519);
  }

  private static void put(ObjectNode body, String field, @Nullable String value) {
    if (value != null) {
      body.put(field, value);
    }
  }

  private static void put(ObjectNode body, String field, @Nullable Boolean value) {
    if (value != null) {
      body.put(field, value);
    }
  }
}

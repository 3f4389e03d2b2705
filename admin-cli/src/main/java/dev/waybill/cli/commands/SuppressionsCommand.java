package dev.waybill.cli.commands;

import dev.waybill.cli.client.ApiPath;
import dev.waybill.cli.client.Pages;
import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `suppressions`: addresses that get no mail. One thread uses it.
@Command(
    name = "suppressions",
    synopsisSubcommandLabel = "VERB",
    description =
        "Addresses that get no mail: bounced, complained, unsubscribed, or added by hand.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  waybillctl suppressions add ann@example.net",
      "  waybillctl suppressions add ann@example.net --domain example.com --stream marketing",
      "  waybillctl suppressions remove ann@example.net",
      "  waybillctl suppressions list --output csv > suppressions.csv"
    })
final class SuppressionsCommand {
  private static final ApiPath SUPPRESSIONS = ApiPath.of("suppressions");
  private static final List<Column> COLUMNS =
      List.of(
          Column.of("EMAIL", "email"),
          Column.of("DOMAIN", "domain"),
          Column.of("STREAM", "stream"),
          Column.of("ORIGIN", "origin"),
          Column.time("CREATED", "created_at"),
          Column.of("ID", "id"));
  private static final List<Column> CHANGE = List.of(Column.of("ID", "id"));

  private final Waybillctl root;

  SuppressionsCommand(Waybillctl root) {
    this.root = root;
  }

  @Command(name = "list", description = "List all suppressed addresses.")
  void list(
      @Option(
              names = "--limit",
              paramLabel = "N",
              description = "Stop after so many (default: all).")
          @Nullable Integer limit)
      throws Failure {
    Pages.Listing all =
        new Pages(root.client()).read(SUPPRESSIONS, Pages.USUAL_PAGE, Limits.items(limit));
    root.report().rows(all.whole(), all.items(), COLUMNS);
  }

  @Command(
      name = "add",
      description = "Send no more mail to an address, at all or from one domain or stream.")
  void add(
      @Parameters(paramLabel = "EMAIL", description = "The address.") String email,
      @Option(
              names = "--domain",
              paramLabel = "NAME",
              description = "Only mail from this domain (default: all).")
          @Nullable String domain,
      @Option(
              names = "--stream",
              paramLabel = "STREAM",
              description = "Only mail of this stream, such as marketing (default: all).")
          @Nullable String stream)
      throws Failure {
    ObjectNode body = Json.object().put("email", email);
    if (domain != null) {
      body.put("domain", domain);
    }
    if (stream != null) {
      body.put("stream", stream);
    }
    root.report().change(root.client().post(SUPPRESSIONS, body), COLUMNS);
    root.say("Suppressed " + email + ".");
  }

  @Command(name = "remove", description = "Let an address get mail again.")
  void remove(
      @Parameters(paramLabel = "EMAIL_OR_ID", description = "The address, or the entry's id.")
          String emailOrId)
      throws Failure {
    JsonNode answer = root.client().delete(SUPPRESSIONS.name(emailOrId));
    root.report().change(answer, CHANGE);
    root.say("Removed the suppression of " + emailOrId + ".");
  }
}

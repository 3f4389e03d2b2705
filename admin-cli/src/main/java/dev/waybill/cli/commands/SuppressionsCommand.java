package dev.waybill.cli.commands;

import dev.waybill.cli.client.ApiPath;
import dev.waybill.cli.client.Pages;
import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.Csv;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Json;
import dev.waybill.cli.transfer.Progress;
import java.nio.file.Path;
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
      "  waybillctl suppressions import old-service.csv",
      "  waybillctl suppressions export > suppressions.csv"
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
          Column.time("EXPIRES", "expires_at"),
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
          @Nullable String stream,
      @Option(
              names = "--expires",
              paramLabel = "TIME",
              description = "Until when, such as 2027-01-31T00:00:00Z (default: for good).")
          @Nullable String expires)
      throws Failure {
    ObjectNode body = Json.object().put("email", email);
    if (expires != null) {
      body.put("expires_at", expires);
    }
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

  @Command(
      name = "import",
      description = {
        "Suppress every address of a CSV file, ours or another service's.",
        "Columns are told by their headings (email, reason, domain, stream, expires_at); without"
            + " headings the first column is the address. What is there already stays as it is."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  waybillctl suppressions import old-service.csv",
        "  waybillctl suppressions import unsubscribed.csv --origin unsubscribe --domain example.com"
            + " --stream marketing"
      })
  int importFile(
      @Parameters(paramLabel = "FILE", description = "The file, in UTF-8.") Path file,
      @Option(
              names = "--origin",
              paramLabel = "ORIGIN",
              description = "Of rows that do not say: bounce, complaint, unsubscribe or manual.")
          @Nullable String origin,
      @Option(
              names = "--domain",
              paramLabel = "NAME",
              description = "Of rows that do not say (default: all).")
          @Nullable String domain,
      @Option(
              names = "--stream",
              paramLabel = "STREAM",
              description = "Of rows that do not say (default: all).")
          @Nullable String stream,
      @Option(names = "--dry-run", description = "Read the file and change nothing.")
          boolean dryRun)
      throws Failure {
    ObjectNode defaults = Json.object();
    if (origin != null) {
      defaults.put("origin", origin);
    }
    if (domain != null) {
      defaults.put("domain", domain);
    }
    if (stream != null) {
      defaults.put("stream", stream);
    }
    return new SuppressionImport(root, SUPPRESSIONS).run(file, defaults, dryRun);
  }

  @Command(
      name = "export",
      description = "Write all suppressions as CSV, however many there are.",
      footerHeading = "%nExamples:%n",
      footer = {"  waybillctl suppressions export > suppressions.csv"})
  void export() throws Failure {
    Csv csv = new Csv(root.report().out());
    csv.header(COLUMNS);
    try (Progress progress = new Progress(root.terminal(), "addresses", 0)) {
      new Pages(root.client())
          .each(
              SUPPRESSIONS,
              Pages.USUAL_PAGE,
              item -> {
                csv.item(COLUMNS, item);
                progress.add(1);
              });
    }
  }
}

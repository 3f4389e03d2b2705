package dev.waybill.cli.commands;

import dev.waybill.cli.client.ApiPath;
import dev.waybill.cli.client.Pages;
import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Format;
import dev.waybill.cli.output.Json;
import dev.waybill.cli.records.RecordFormat;
import dev.waybill.cli.records.RecordWriter;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `domains`: the domains that mail is sent from, and the DNS records that prove it. One thread
/// uses it.
@Command(
    name = "domains",
    synopsisSubcommandLabel = "VERB",
    description = "Sending domains and their DNS records.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  waybillctl domains add example.com --tracking-subdomain links",
      "  waybillctl domains records example.com --format bind >> example.com.zone",
      "  waybillctl domains verify example.com --wait --timeout 30m",
      "  waybillctl domains doctor example.com",
      "  waybillctl domains list --output csv"
    })
final class DomainsCommand {
  /// How the copies of a domain must be carried.
  enum Tls {
    OPPORTUNISTIC,
    ENFORCED;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final String NAME = "The domain, or its id.";
  private static final ApiPath DOMAINS = ApiPath.of("domains");
  private static final List<Column> COLUMNS =
      List.of(
          Column.of("NAME", "name"),
          Column.of("STATUS", "status"),
          Column.yesNo("OPENS", "open_tracking"),
          Column.yesNo("CLICKS", "click_tracking"),
          Column.of("TRACKING", "tracking_subdomain"),
          Column.of("TLS", "tls"),
          Column.of("RETURN PATH", "custom_return_path"),
          Column.time("CREATED", "created_at"),
          Column.of("ID", "id"));
  private static final List<Column> CHANGE = List.of(Column.of("ID", "id"));

  private final Waybillctl root;

  DomainsCommand(Waybillctl root) {
    this.root = root;
  }

  @Command(
      name = "add",
      description = "Register a domain and show the DNS records to publish.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  waybillctl domains add example.com",
        "  waybillctl domains add example.com --return-path bounce --click-tracking"
            + " --tracking-subdomain links",
        "  waybillctl domains add example.com --dkim-key old-key.pem --dkim-selector s1"
      })
  void add(
      @Parameters(paramLabel = "NAME", description = "The domain, such as example.com.")
          String name,
      @Option(
              names = "--return-path",
              paramLabel = "LABEL",
              description = "Subdomain that bounces come back to (default: send).")
          @Nullable String returnPath,
      @Option(names = "--open-tracking", description = "Count opens.") boolean openTracking,
      @Option(names = "--click-tracking", description = "Count clicks.") boolean clickTracking,
      @Option(
              names = "--tracking-subdomain",
              paramLabel = "LABEL",
              description = "Subdomain that tracked links point to.")
          @Nullable String trackingSubdomain,
      @Option(
              names = "--tls",
              paramLabel = "MODE",
              description = "Encryption of the copies sent: ${COMPLETION-CANDIDATES}.")
          @Nullable Tls tls,
      @Option(
              names = "--dkim-key",
              paramLabel = "FILE",
              description = "Bring an existing DKIM private key (PEM); needs --dkim-selector.")
          @Nullable Path dkimKey,
      @Option(
              names = "--dkim-selector",
              paramLabel = "NAME",
              description = "The selector that key is published under.")
          @Nullable String dkimSelector)
      throws Failure {
    if ((dkimKey == null) != (dkimSelector == null)) {
      throw new Failure(ExitCode.USAGE, "--dkim-key and --dkim-selector are needed together", "");
    }
    ObjectNode body = Json.object().put("name", name);
    if (returnPath != null) {
      body.put("custom_return_path", returnPath);
    }
    if (openTracking) {
      body.put("open_tracking", true);
    }
    if (clickTracking) {
      body.put("click_tracking", true);
    }
    if (trackingSubdomain != null) {
      body.put("tracking_subdomain", trackingSubdomain);
    }
    if (tls != null) {
      body.put("tls", tls.toString());
    }
    if (dkimKey != null) {
      body.put("dkim_private_key", KeyFile.read(dkimKey));
      body.put("dkim_selector", dkimSelector);
    }
    JsonNode domain = root.client().post(DOMAINS, body);
    String added = Column.text(domain.path("name"));
    root.say("Added " + added + ". Publish these DNS records:");
    switch (root.output) {
      case JSON -> root.report().json(domain);
      case TABLE -> records(domain, RecordFormat.TABLE, false);
      case CSV -> records(domain, RecordFormat.CSV, false);
    }
    root.say("Then run: waybillctl domains verify " + added + " --wait");
    root.say("Other formats: waybillctl domains records " + added + " --format bind");
  }

  @Command(name = "list", description = "List all domains.")
  void list(
      @Option(
              names = "--limit",
              paramLabel = "N",
              description = "Stop after so many (default: all).")
          @Nullable Integer limit)
      throws Failure {
    Pages.Listing all =
        new Pages(root.client()).read(DOMAINS, Pages.USUAL_PAGE, Limits.items(limit));
    root.report().rows(all.whole(), all.items(), COLUMNS);
    if (all.items().isEmpty()) {
      root.say("No domains yet. Add one with: waybillctl domains add NAME");
    }
  }

  @Command(name = "show", description = "Show a domain, and how far each of its records is.")
  void show(@Parameters(paramLabel = "NAME", description = NAME) String name) throws Failure {
    JsonNode domain = root.client().get(DOMAINS.name(name));
    root.report().object(domain, COLUMNS);
    if (root.output == Format.TABLE) {
      root.report().out().println();
      root.report().table(domain.path("records"), RecordWriter.statusColumns());
    }
  }

  @Command(
      name = "records",
      description = "Print the DNS records of a domain, ready to paste.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  waybillctl domains records example.com",
        "  waybillctl domains records example.com --format bind >> example.com.zone",
        "  waybillctl domains records example.com --format route53 --missing > records.json"
      })
  void records(
      @Parameters(paramLabel = "NAME", description = NAME) String name,
      @Option(
              names = "--format",
              paramLabel = "FORMAT",
              description = "${COMPLETION-CANDIDATES} (default: as --output).")
          @Nullable RecordFormat format,
      @Option(names = "--missing", description = "Only those not verified yet.") boolean missing)
      throws Failure {
    RecordFormat asOutput = RecordFormat.valueOf(root.output.name());
    records(root.client().get(DOMAINS.name(name)), format == null ? asOutput : format, missing);
  }

  @Command(
      name = "verify",
      description = {
        "Look a domain's records up now.",
        "Without --wait the look-up goes on by itself; with it this command stays until the"
            + " domain is verified, and exits with 6 when it is not in time."
      },
      footerHeading = "%nExamples:%n",
      footer = {"  waybillctl domains verify example.com --wait --timeout 30m"})
  int verify(
      @Parameters(paramLabel = "NAME", description = NAME) String name,
      @Option(names = "--wait", description = "Wait until the domain is verified.") boolean wait,
      @Option(
              names = "--timeout",
              paramLabel = "DURATION",
              defaultValue = "10m",
              description = "How long to wait (default: 10m).")
          Duration timeout,
      @Option(
              names = "--interval",
              paramLabel = "DURATION",
              defaultValue = "2s",
              description = "How often to look (default: 2s).")
          Duration interval)
      throws Failure {
    JsonNode started = root.client().post(DOMAINS.name(name).then("verify"), Json.object());
    if (wait) {
      return new VerificationWatch(root, DOMAINS.name(name)).run(timeout, interval);
    }
    root.report().change(started, CHANGE);
    root.say("Looking up the records of " + name + ". See: waybillctl domains show " + name);
    return ExitCode.OK.number();
  }

  @Command(
      name = "update",
      description = "Change the settings of a domain.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  waybillctl domains update example.com --click-tracking --tracking-subdomain links",
        "  waybillctl domains update example.com --no-open-tracking --tls enforced"
      })
  void update(
      @Parameters(paramLabel = "NAME", description = NAME) String name,
      @Option(names = "--open-tracking", negatable = true, description = "Count opens, or not.")
          @Nullable Boolean openTracking,
      @Option(names = "--click-tracking", negatable = true, description = "Count clicks, or not.")
          @Nullable Boolean clickTracking,
      @Option(
              names = "--tracking-subdomain",
              paramLabel = "LABEL",
              description = "Subdomain that tracked links point to.")
          @Nullable String trackingSubdomain,
      @Option(
              names = "--no-tracking-subdomain",
              description = "Let tracked links point to the relay's own host.")
          boolean noTrackingSubdomain,
      @Option(
              names = "--tls",
              paramLabel = "MODE",
              description = "Encryption of the copies sent: ${COMPLETION-CANDIDATES}.")
          @Nullable Tls tls)
      throws Failure {
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
    if (body.isEmpty()) {
      throw new Failure(
          ExitCode.USAGE, "nothing to change on " + name, "See: waybillctl domains update --help");
    }
    root.report().change(root.client().patch(DOMAINS.name(name), body), CHANGE);
    root.say("Updated " + name + ".");
  }

  @Command(
      name = "remove",
      description = {
        "Remove a domain; mail from it is refused from then on.",
        "Asks first unless --yes is given."
      })
  void remove(
      @Parameters(paramLabel = "NAME", description = NAME) String name,
      @Option(
              names = {"-y", "--yes"},
              description = "Do not ask.")
          boolean yes)
      throws Failure {
    ApiPath path = DOMAINS.name(name);
    if (!yes) {
      Confirmation.of(root.terminal(), "Remove " + name + " and refuse mail from it?");
    }
    root.report().change(root.client().delete(path), CHANGE);
    root.say("Removed " + name + ". Its DNS records can be deleted now.");
  }

  @Command(
      name = "disable",
      description = {
        "Switch a domain off; mail from it is refused from then on.",
        "What is queued still goes out, and nothing is forgotten: see enable."
      })
  void disable(@Parameters(paramLabel = "NAME", description = NAME) String name) throws Failure {
    root.report()
        .change(root.client().post(DOMAINS.name(name).then("disable"), Json.object()), CHANGE);
    root.say("Disabled " + name + ". To undo it: waybillctl domains enable " + name);
  }

  @Command(
      name = "enable",
      description = "Switch a domain on again; its records are looked up as with a new one.")
  void enable(@Parameters(paramLabel = "NAME", description = NAME) String name) throws Failure {
    root.report()
        .change(root.client().post(DOMAINS.name(name).then("enable"), Json.object()), CHANGE);
    root.say("Enabled " + name + ". To see how far it is: waybillctl domains show " + name);
  }

  private void records(JsonNode domain, RecordFormat format, boolean missing) throws Failure {
    List<JsonNode> records = new ArrayList<>();
    for (JsonNode record : domain.path("records")) {
      if (!missing || !Column.text(record.path("status")).equals("verified")) {
        records.add(record);
      }
    }
    String name = Column.text(domain.path("name"));
    new RecordWriter(root.terminal()).write(name, records, format);
    if (records.isEmpty()) {
      root.say(missing ? "Every record of " + name + " is verified." : name + " has no records.");
    }
  }
}

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
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.SequencedMap;
import java.util.stream.Stream;
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

  static final String NAME = "The domain, or its id.";
  private static final String EVER = "Look among removed domains too; NAME is then an id.";
  static final ApiPath DOMAINS = ApiPath.of("domains");
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
  private static final List<Column> WITH_DELETED =
      Stream.concat(COLUMNS.stream(), Stream.of(Column.time("DELETED", "deleted_at"))).toList();
  private static final List<Column> BRAND =
      List.of(
          Column.of("DISPLAY NAME", "display_name"),
          Column.of("FOOTER", "unsubscribe_footer"),
          Column.of("LOGO", "logo.type"),
          Column.of("LOGO WIDTH", "logo.width"),
          Column.of("LOGO HEIGHT", "logo.height"),
          Column.of("LOGO SIZE", "logo.size"));
  private static final List<Column> HISTORY =
      List.of(
          Column.time("TIME", "at"),
          Column.of("STATUS", "status"),
          Column.of("BEFORE", "previous_status"),
          Column.prose("REASON", "reason"));
  static final List<Column> KEYS =
      List.of(
          Column.of("SELECTOR", "selector"),
          Column.of("ALGORITHM", "algorithm"),
          Column.of("BITS", "bits"),
          Column.of("ROLE", "role"),
          Column.time("SINCE", "since"),
          Column.time("RECORD MAY GO", "removable_at"));
  private static final List<Column> KEYS_CSV =
      Stream.concat(
              KEYS.stream(),
              Stream.of(Column.of("FULL NAME", "fqdn"), Column.of("PUBLISHED", "published")))
          .toList();
  static final List<Column> CHANGE = List.of(Column.of("ID", "id"));

  /// The verbs by what they are for, for the help.
  static SequencedMap<String, List<String>> groups() {
    SequencedMap<String, List<String>> groups = new LinkedHashMap<>();
    groups.put("Set up", List.of("add", "records", "instructions", "verify"));
    groups.put("Keys", List.of("keys", "rotate-key"));
    groups.put("Look", List.of("list", "show", "history", "doctor"));
    groups.put("Change", List.of("update", "disable", "enable", "remove"));
    return groups;
  }

  private final Waybillctl root;

  DomainsCommand(Waybillctl root) {
    this.root = root;
  }

  @Command(
      name = "list",
      description = "List all domains, and with --deleted the removed ones too.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  waybillctl domains list",
        "  waybillctl domains list --deleted --output json | jq '.data[] | select(.deleted_at)'"
      })
  void list(
      @Option(
              names = "--limit",
              paramLabel = "N",
              description = "Stop after so many (default: all).")
          @Nullable Integer limit,
      @Option(names = "--deleted", description = "List removed domains too.") boolean deleted)
      throws Failure {
    Pages.Listing all =
        new Pages(root.client())
            .read(ever(DOMAINS, deleted), Pages.USUAL_PAGE, Limits.items(limit));
    if (root.output == Format.TABLE) {
      root.report().table(all.items().stream().map(DomainsCommand::named).toList(), COLUMNS);
    } else {
      root.report().rows(all.whole(), all.items(), deleted ? WITH_DELETED : COLUMNS);
    }
    if (all.items().isEmpty()) {
      root.say("No domains yet. Add one with: waybillctl domains add NAME");
    }
  }

  private static ApiPath ever(ApiPath path, boolean deleted) {
    return deleted ? path.with("deleted", "true") : path;
  }

  /// A removed domain shows that by its name: there may be another one of the same name now.
  private static JsonNode named(JsonNode domain) {
    if (Column.text(domain.path("deleted_at")).isEmpty() || !(domain instanceof ObjectNode view)) {
      return domain;
    }
    return view.deepCopy().put("name", Column.text(domain.path("name")) + " (deleted)");
  }

  @Command(
      name = "show",
      description = {
        "Show a domain, and how far each of its records is.",
        "A removed one is found with --deleted, by its id only."
      })
  void show(
      @Parameters(paramLabel = "NAME", description = NAME) String name,
      @Option(names = "--deleted", description = EVER) boolean ever)
      throws Failure {
    JsonNode domain = root.client().get(ever(DOMAINS.name(name), ever));
    boolean deleted = !Column.text(domain.path("deleted_at")).isEmpty();
    root.report()
        .object(
            root.output == Format.TABLE ? named(domain) : domain,
            Stream.concat((deleted ? WITH_DELETED : COLUMNS).stream(), BRAND.stream()).toList());
    if (root.output == Format.TABLE && !domain.path("records").isEmpty()) {
      root.report().out().println();
      root.report().table(domain.path("records"), RecordWriter.statusColumns());
    }
    for (JsonNode breaker : domain.path("breakers")) {
      String reason = Column.text(breaker.path("reason"));
      if (!reason.isEmpty()) {
        root.say(
            "Stream %s is %s: %s"
                .formatted(
                    Column.text(breaker.path("stream")),
                    Column.text(breaker.path("state")),
                    reason));
      }
    }
  }

  @Command(
      name = "keys",
      description = {
        "List the DKIM keys of a domain.",
        "active signs; standby is published ahead; retiring signs no more, but its record must"
            + " stay until the time shown; retired is destroyed, and its record may go."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  waybillctl domains keys example.com",
        "  waybillctl domains keys example.com --output json | jq '.data[] | {selector, role}'"
      })
  void keys(
      @Parameters(paramLabel = "NAME", description = NAME) String name,
      @Option(names = "--deleted", description = EVER) boolean ever)
      throws Failure {
    JsonNode keys = root.client().get(ever(DOMAINS.name(name).then("keys"), ever));
    root.report().rows(keys, keys.path("data"), root.output == Format.CSV ? KEYS_CSV : KEYS);
  }

  @Command(
      name = "history",
      description = "List what changed a domain's status and keys, and why; the newest first.",
      footerHeading = "%nExamples:%n",
      footer = {
        "  waybillctl domains history example.com",
        "  waybillctl domains history example.com --limit 1000 --output csv"
      })
  void history(
      @Parameters(paramLabel = "NAME", description = NAME) String name,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "50",
              description = "Stop after so many (default: 50).")
          int limit,
      @Option(names = "--deleted", description = EVER) boolean ever)
      throws Failure {
    Pages.Listing changes =
        new Pages(root.client())
            .read(
                ever(DOMAINS.name(name).then("history"), ever),
                Pages.USUAL_PAGE,
                Limits.positive("--limit", limit));
    root.report().rows(changes.whole(), changes.items(), HISTORY);
    if (changes.hasMore()) {
      root.say("There are more; see them with a larger --limit.");
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
    writeRecords(
        root, root.client().get(DOMAINS.name(name)), format == null ? asOutput : format, missing);
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
    if (wait && root.terminal().redraws()) {
      root.say("Looking up the records of " + name + " ...");
    }
    JsonNode started = root.client().post(DOMAINS.name(name).then("verify"), Json.object());
    if (wait) {
      return new VerificationWatch(root, DOMAINS.name(name)).run(timeout, interval);
    }
    root.report().change(started, CHANGE);
    root.say("Looking up the records of " + name + ". See: waybillctl domains show " + name);
    return ExitCode.OK.number();
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
    root.say(
        "Removed " + name + ". Leave its DNS records until its mail in the queue has gone out.");
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

  /// Writes a domain's records, or those not verified yet.
  static void writeRecords(Waybillctl root, JsonNode domain, RecordFormat format, boolean missing)
      throws Failure {
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

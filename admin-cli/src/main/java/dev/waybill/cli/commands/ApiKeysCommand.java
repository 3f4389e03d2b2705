package dev.waybill.cli.commands;

import dev.waybill.cli.client.ApiPath;
import dev.waybill.cli.client.Pages;
import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Format;
import dev.waybill.cli.output.Json;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `api-keys`: the passwords of applications and administrators. One thread uses it.
@Command(
    name = "api-keys",
    synopsisSubcommandLabel = "VERB",
    description = "Keys for applications (SMTP) and administrators (this API).",
    footerHeading = "%nExamples:%n",
    footer = {
      "  waybillctl api-keys create shop --permission sending_access --domain example.com",
      "  KEY=$(waybillctl api-keys create shop)",
      "  waybillctl api-keys list"
    })
final class ApiKeysCommand {
  /// What a key may do.
  enum Permission {
    FULL_ACCESS,
    SENDING_ACCESS;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final ApiPath API_KEYS = ApiPath.of("api-keys");
  private static final List<Column> COLUMNS =
      List.of(
          Column.of("NAME", "name"),
          Column.of("PERMISSION", "permission"),
          Column.of("DOMAIN IDS", "domain_ids"),
          Column.of("STREAM", "stream"),
          Column.of("PER MINUTE", "recipients_per_minute"),
          Column.of("PER DAY", "recipients_per_day"),
          Column.time("CREATED", "created_at"),
          Column.of("ID", "id"));
  private static final List<Column> CREATED =
      List.of(Column.of("ID", "id"), Column.of("TOKEN", "token"));

  private final Waybillctl root;

  ApiKeysCommand(Waybillctl root) {
    this.root = root;
  }

  @Command(
      name = "create",
      description = {
        "Make a key. It is shown once and stored as a hash.",
        "Standard output gets the key and nothing else, unless --output says otherwise."
      },
      footerHeading = "%nExamples:%n",
      footer = {
        "  waybillctl api-keys create shop --permission sending_access --domain example.com",
        "  waybillctl api-keys create news --domain example.com --stream marketing --per-day 50000",
        "  (umask 077; waybillctl api-keys create shop > shop.key)"
      })
  void create(
      @Parameters(paramLabel = "NAME", description = "What the key is for.") String name,
      @Option(
              names = "--permission",
              paramLabel = "PERMISSION",
              description = "${COMPLETION-CANDIDATES} (default: full_access).")
          @Nullable Permission permission,
      @Option(
              names = "--domain",
              paramLabel = "NAME",
              description = "Let it send from this domain only; may be given several times.")
          @Nullable List<String> domains,
      @Option(
              names = "--stream",
              paramLabel = "STREAM",
              description = {
                "The stream of messages that name none:",
                "transactional (default), marketing or a stream of the configuration."
              })
          @Nullable String stream,
      @Option(
              names = "--per-minute",
              paramLabel = "N",
              description = "Let it submit to so many recipients a minute (default: no limit).")
          @Nullable Integer perMinute,
      @Option(
              names = "--per-day",
              paramLabel = "N",
              description = "... and to so many a day of UTC (default: no limit).")
          @Nullable Integer perDay)
      throws Failure {
    ObjectNode body = Json.object().put("name", name);
    if (permission != null) {
      body.put("permission", permission.toString());
    }
    if (domains != null) {
      addDomains(body, domains);
    }
    if (stream != null) {
      body.put("stream", stream);
    }
    if (perMinute != null) {
      body.put("recipients_per_minute", perMinute);
    }
    if (perDay != null) {
      body.put("recipients_per_day", perDay);
    }
    JsonNode key = root.client().post(API_KEYS, body);
    String id = Column.text(key.path("id"));
    root.say("Created the key " + name + " (id " + id + "). It is shown this once:");
    if (root.output == Format.TABLE) {
      root.report().out().println(Column.text(key.path("token")));
    } else {
      root.report().object(key, CREATED);
    }
  }

  private void addDomains(ObjectNode body, List<String> domains) throws Failure {
    List<String> ids = new ArrayList<>();
    for (String domain : domains) {
      JsonNode found = root.client().get(ApiPath.of("domains").name(domain));
      ids.add(Column.text(found.path("id")));
    }
    if (ids.size() == 1) {
      body.put("domain_id", ids.getFirst());
    } else {
      ids.forEach(body.putArray("domain_ids")::add);
    }
  }

  @Command(name = "list", description = "List all keys; never the keys themselves.")
  void list(
      @Option(
              names = "--limit",
              paramLabel = "N",
              description = "Stop after so many (default: all).")
          @Nullable Integer limit)
      throws Failure {
    Pages.Listing all =
        new Pages(root.client()).read(API_KEYS, Pages.USUAL_PAGE, Limits.items(limit));
    root.report().rows(all.whole(), all.items(), COLUMNS);
  }

  @Command(name = "remove", description = "Remove a key; it stops working at once.")
  void remove(@Parameters(paramLabel = "ID", description = "The key's id, as listed.") String id)
      throws Failure {
    JsonNode answer = root.client().delete(API_KEYS.name(id));
    if (root.output == Format.JSON) {
      root.report().json(answer);
    }
    root.say("Removed the key " + id + ".");
  }
}

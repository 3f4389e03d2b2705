package dev.waybill.cli.commands;

import dev.waybill.cli.client.ApiPath;
import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Json;
import dev.waybill.cli.output.Text;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `streams`: the kinds of mail that there are. One thread uses it.
@Command(
    name = "streams",
    synopsisSubcommandLabel = "VERB",
    description = {
      "The kinds of mail that there are; the relay's configuration names them.",
      "A stream of a domain is held when it bounces or is complained about too often."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  waybillctl streams list",
      "  waybillctl streams list --output json | jq -r .data[].name",
      "  waybillctl streams breakers --domain example.com",
      "  waybillctl streams release marketing --domain example.com"
    })
final class StreamsCommand {
  private static final List<Column> COLUMNS =
      List.of(
          Column.of("STREAM", "name"),
          Column.of("KIND", "kind"),
          Column.of("TITLE", "title"),
          Column.of("FIRST RETRY", "first"),
          Column.of("GIVES UP AFTER", "lifetime"),
          Column.of("KEPT FOR", "retention"));

  private static final List<Column> BREAKERS =
      List.of(
          Column.of("DOMAIN", "domain"),
          Column.of("STREAM", "stream"),
          Column.of("STATE", "state"),
          Column.of("DELIVERED", "longer.delivered"),
          Column.of("BOUNCES %", "longer.bounce_rate"),
          Column.of("COMPLAINTS %", "longer.complaint_rate"),
          Column.time("SINCE", "since"),
          Column.prose("REASON", "reason"));

  private final Waybillctl root;

  StreamsCommand(Waybillctl root) {
    this.root = root;
  }

  @Command(name = "list", description = "List the streams with what is particular to each.")
  void list() throws Failure {
    JsonNode answer = root.client().get(ApiPath.of("streams"));
    List<JsonNode> rows = new ArrayList<>();
    for (JsonNode stream : answer.path("data")) {
      rows.add(
          Json.object()
              .put("name", stream.path("name").asString())
              .put("kind", stream.path("kind").asString())
              .put("title", Column.text(stream.path("title")))
              .put("first", Text.seconds(Column.text(stream.at("/retry/first"))))
              .put("lifetime", Text.seconds(Column.text(stream.at("/retry/lifetime"))))
              .put("retention", Text.seconds(Column.text(stream.path("retention")))));
    }
    root.report().rows(answer, rows, COLUMNS);
  }

  @Command(
      name = "breakers",
      description = {
        "List how the streams of each domain stand by their bounces and complaints.",
        "Figures are those of the long window."
      })
  void breakers(
      @Option(names = "--domain", paramLabel = "DOMAIN", description = "Only of this domain.")
          @Nullable String domain)
      throws Failure {
    ApiPath path = ApiPath.of("streams").then("breakers");
    JsonNode answer = root.client().get(domain == null ? path : path.with("domain", domain));
    root.report().rows(answer, answer.path("data"), BREAKERS);
    if (answer.path("data").isEmpty()) {
      root.say("Nothing was sent within the window.");
    }
  }

  @Command(
      name = "release",
      description = {
        "Let the mail of a held stream go on, and count its bounces and complaints anew.",
        "What an operator holds by hand stays held."
      })
  void release(
      @Parameters(paramLabel = "STREAM", description = "The stream's name.") String stream,
      @Option(
              names = "--domain",
              paramLabel = "DOMAIN",
              required = true,
              description = "Whose stream.")
          String domain)
      throws Failure {
    JsonNode released =
        root.client()
            .post(
                ApiPath.of("streams").name(stream).then("release"),
                Json.object().put("domain", domain));
    root.report().object(released, BREAKERS);
    root.say("Released. What was held goes on within some seconds.");
  }
}

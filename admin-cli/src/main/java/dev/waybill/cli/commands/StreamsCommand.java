package dev.waybill.cli.commands;

import dev.waybill.cli.client.ApiPath;
import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Json;
import dev.waybill.cli.output.Text;
import java.util.ArrayList;
import java.util.List;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/// `streams`: the kinds of mail that there are. One thread uses it.
@Command(
    name = "streams",
    synopsisSubcommandLabel = "VERB",
    description = "The kinds of mail that there are; the relay's configuration names them.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  waybillctl streams list",
      "  waybillctl streams list --output json | jq -r .data[].name"
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
}

package dev.waybill.cli.commands;

import dev.waybill.cli.client.ApiPath;
import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.Failure;
import java.util.List;
import picocli.CommandLine.Command;
import tools.jackson.databind.JsonNode;

/// `sources`: the addresses that mail leaves from. One thread uses it.
@Command(
    name = "sources",
    synopsisSubcommandLabel = "VERB",
    description = {
      "The addresses that mail leaves from; the relay's configuration names them.",
      "One that is being warmed up may send so many messages today and no more."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  waybillctl sources list",
      "  waybillctl queue list --reply warm-up   # what waits for another day"
    })
final class SourcesCommand {
  private static final List<Column> COLUMNS =
      List.of(
          Column.of("ADDRESS", "address"),
          Column.of("POOL", "pool"),
          Column.of("EHLO NAME", "helo"),
          Column.of("WARM-UP SINCE", "warm_up.begins"),
          Column.of("DAY", "warm_up.day"),
          Column.of("SENT TODAY", "warm_up.sent_today"),
          Column.of("OF", "warm_up.allowed_today"));

  private final Waybillctl root;

  SourcesCommand(Waybillctl root) {
    this.root = root;
  }

  @Command(
      name = "list",
      description = {
        "List the addresses with what those that are being warmed up may send.",
        "Days are those of UTC; a warm-up without a limit is over."
      })
  void list() throws Failure {
    JsonNode answer = root.client().get(ApiPath.of("sources"));
    root.report().rows(answer, answer.path("data"), COLUMNS);
    if (answer.path("data").isEmpty()) {
      root.say("The system picks the address of each connection.");
    }
  }
}

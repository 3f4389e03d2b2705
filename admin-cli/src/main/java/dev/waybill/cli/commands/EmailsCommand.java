package dev.waybill.cli.commands;

import dev.waybill.cli.client.ApiPath;
import dev.waybill.cli.client.Pages;
import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Format;
import dev.waybill.cli.output.Json;
import java.util.List;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `emails`: accepted messages, what became of each, and what the relay changed in it. One thread
/// uses it.
@Command(
    name = "emails",
    synopsisSubcommandLabel = "VERB",
    description = "Accepted messages, what became of each, and what was changed in it.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  waybillctl emails list --to ann@example.com",
      "  waybillctl emails show 0199f3a2-6c1e-7c44-9a55-2f0f3b5d8e11",
      "  waybillctl emails trace 0199f3a2-6c1e-7c44-9a55-2f0f3b5d8e11",
      "  waybillctl emails diff 0199f3a2-6c1e-7c44-9a55-2f0f3b5d8e11 --rcpt ann@example.com",
      "  waybillctl emails cancel 0199f3a2-6c1e-7c44-9a55-2f0f3b5d8e11"
    })
final class EmailsCommand {
  private static final ApiPath EMAILS = ApiPath.of("emails");
  private static final List<Column> COLUMNS =
      List.of(
          Column.time("ACCEPTED", "created_at"),
          Column.of("ID", "id"),
          Column.of("LAST EVENT", "last_event"),
          Column.of("FROM", "from"),
          Column.of("TO", "to"),
          Column.prose("SUBJECT", "subject"));

  private final Waybillctl root;

  EmailsCommand(Waybillctl root) {
    this.root = root;
  }

  @Command(name = "list", description = "List accepted messages, the newest first.")
  void list(
      @Option(
              names = "--domain",
              paramLabel = "NAME",
              description = "Only messages of this sending domain.")
          @Nullable String domain,
      @Option(
              names = "--to",
              paramLabel = "ADDRESS",
              description = "Only messages to this recipient.")
          @Nullable String to,
      @Option(names = "--tag", paramLabel = "TAG", description = "Only messages with this tag.")
          @Nullable String tag,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "50",
              description = "Stop after so many (default: 50).")
          int limit)
      throws Failure {
    ApiPath path = with(with(with(EMAILS, "domain", domain), "to", to), "tag", tag);
    Pages.Listing emails =
        new Pages(root.client()).read(path, Pages.USUAL_PAGE, Limits.positive("--limit", limit));
    root.report().rows(emails.whole(), emails.items(), COLUMNS);
    if (emails.hasMore()) {
      root.say("There are more; see them with a larger --limit.");
    }
  }

  @Command(
      name = "show",
      description = "Show a message: what it is, what became of each recipient, what happened.")
  void show(@Parameters(paramLabel = "ID", description = "The message's id.") String id)
      throws Failure {
    JsonNode email = root.client().get(EMAILS.name(id));
    if (root.output == Format.TABLE) {
      new EmailSheet(root).write(email);
    } else {
      root.report().object(email, COLUMNS);
    }
  }

  @Command(
      name = "trace",
      description = {
        "Show a message's whole life: how it came in, every attempt with what was said in it,",
        "its events, and what it waits for. Transcripts are kept for retention.transcripts."
      })
  void trace(
      @Parameters(paramLabel = "ID", description = "The message's id.") String id,
      @Option(
              names = "--rcpt",
              paramLabel = "ADDRESS",
              description = "Only this recipient (default: the first fifty).")
          @Nullable String recipient)
      throws Failure {
    JsonNode trace = root.client().get(with(EMAILS.name(id).then("trace"), "rcpt", recipient));
    if (root.output == Format.TABLE) {
      new EmailTrace(root).write(trace);
    } else {
      root.report().rows(trace, trace.path("recipients"), EmailTrace.COLUMNS);
    }
    int omitted = trace.path("omitted").asInt(0);
    if (omitted > 0) {
      root.say(
          "%,d more recipients are not shown; see one with --rcpt ADDRESS.".formatted(omitted));
    }
  }

  @Command(
      name = "diff",
      description = {
        "Show every byte that the relay changed in a recipient's copy, and why.",
        "Places are counted in bytes, in the submitted message and in the copy."
      })
  void diff(
      @Parameters(paramLabel = "ID", description = "The message's id.") String id,
      @Option(
              names = "--rcpt",
              paramLabel = "ADDRESS",
              description = "Whose copy (default: the first recipient's).")
          @Nullable String recipient)
      throws Failure {
    JsonNode diff = root.client().get(with(EMAILS.name(id).then("diff"), "rcpt", recipient));
    if (root.output == Format.TABLE) {
      new EmailDiff(root).write(diff);
    } else {
      root.report().rows(diff, diff.path("changes"), EmailDiff.COLUMNS);
    }
    int others = diff.path("others").asInt(0);
    if (recipient == null && others > 0) {
      root.say(
          "This is the copy of %s; see %s with --rcpt ADDRESS."
              .formatted(
                  Column.text(diff.path("recipient")),
                  others == 1 ? "the other one" : "the other " + others));
    }
  }

  @Command(
      name = "cancel",
      description = {
        "Take a message back from the recipients who have not got it.",
        "A copy that is being sent at this moment goes on to the end of its attempt."
      })
  void cancel(@Parameters(paramLabel = "ID", description = "The message's id.") String id)
      throws Failure {
    JsonNode answer = root.client().post(EMAILS.name(id).then("cancel"), Json.object());
    root.report()
        .change(
            answer,
            List.of(
                Column.of("ID", "id"),
                Column.of("CANCELLED", "cancelled"),
                Column.of("BEING SENT", "being_sent")));
    int cancelled = answer.path("cancelled").asInt(0);
    int beingSent = answer.path("being_sent").asInt(0);
    root.say(
        "Cancelled for %d recipient%s.%s"
            .formatted(
                cancelled,
                cancelled == 1 ? "" : "s",
                beingSent == 0
                    ? ""
                    : " %d more %s being sent now."
                        .formatted(beingSent, beingSent == 1 ? "is" : "are")));
  }

  private static ApiPath with(ApiPath path, String name, @Nullable String value) {
    return value == null ? path : path.with(name, value);
  }
}

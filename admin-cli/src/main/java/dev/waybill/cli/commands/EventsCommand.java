package dev.waybill.cli.commands;

import dev.waybill.cli.client.ApiPath;
import dev.waybill.cli.client.Pages;
import dev.waybill.cli.client.Patience;
import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Text;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;

/// `events`: what happened, to mail and to settings. One thread uses it.
@Command(
    name = "events",
    synopsisSubcommandLabel = "VERB",
    description = "What happened: sent, delivered, bounced, opened, settings changed.",
    footerHeading = "%nExamples:%n",
    footer = {
      "  waybillctl events list --type email.bounced --limit 50",
      "  waybillctl events list --email-id 0199f3a2-6c1e-7c44-9a55-2f0f3b5d8e11",
      "  waybillctl events report 4711",
      "  waybillctl events tail",
      "  waybillctl events tail --output json | jq -r .data.email_id"
    })
final class EventsCommand {
  private static final ApiPath EVENTS = ApiPath.of("events");
  private static final Duration FOREVER = Duration.ofDays(36_500);
  private final Waybillctl root;

  EventsCommand(Waybillctl root) {
    this.root = root;
  }

  @Command(name = "list", description = "List events, the newest first.")
  void list(
      @Option(
              names = "--type",
              paramLabel = "TYPE",
              description = "Only this type, such as email.bounced.")
          @Nullable String type,
      @Option(
              names = "--email-id",
              paramLabel = "ID",
              description = "Only the events of this message.")
          @Nullable String emailId,
      @Option(
              names = "--limit",
              paramLabel = "N",
              defaultValue = "100",
              description = "Stop after so many (default: 100).")
          int limit)
      throws Failure {
    ApiPath path = filtered(type);
    if (emailId != null) {
      path = path.with("email_id", emailId);
    }
    Pages.Listing events =
        new Pages(root.client())
            .read(path.with("order", "desc"), Pages.EVENTS_PAGE, Limits.positive("--limit", limit));
    root.report().rows(events.whole(), events.items(), EventLines.COLUMNS);
    if (events.hasMore()) {
      root.say("There are more; see them with a larger --limit.");
    }
  }

  @Command(
      name = "report",
      description = {
        "Show the mail behind an event: a bounce, a complaint, a DMARC report.",
        "It is written as it came, whatever --output says; a terminal sees no control characters."
      })
  void report(
      @Parameters(paramLabel = "SEQ", description = "The event's number, as listed.") String seq)
      throws Failure {
    byte[] mail = root.client().bytes(EVENTS.name(seq).then("report"));
    PrintStream out = root.report().out();
    if (root.report().terminal().width().isPresent()) {
      new String(mail, StandardCharsets.UTF_8).lines().map(Text::visible).forEach(out::println);
    } else {
      out.write(mail, 0, mail.length);
    }
    out.flush();
  }

  @Command(
      name = "tail",
      description = {
        "Show events as they happen, from now on, until Ctrl-C.",
        "JSON is written one event a line."
      })
  void tail(
      @Option(
              names = "--type",
              paramLabel = "TYPE",
              description = "Only this type, such as email.bounced.")
          @Nullable String type,
      @Option(
              names = "--count",
              paramLabel = "N",
              description = "Stop after so many (default: never).")
          @Nullable Integer count,
      @Option(
              names = "--interval",
              paramLabel = "DURATION",
              defaultValue = "1s",
              description = "How often to ask (default: 1s).")
          Duration interval)
      throws Failure {
    int left = count == null ? Integer.MAX_VALUE : Limits.positive("--count", count);
    String last = newest();
    root.say("Waiting for events; Ctrl-C stops.");
    EventLines lines = new EventLines(root);
    lines.start();
    Patience patience = new Patience(interval, FOREVER);
    while (true) {
      JsonNode answer = root.client().get(filtered(type).with("after", last).with("limit", "1000"));
      for (JsonNode event : answer.path("data")) {
        last = Column.text(event.path("id"));
        lines.write(event);
        if (count != null && --left == 0) {
          return;
        }
      }
      // A reader such as `head` that has seen enough closes the pipe.
      if (root.report().out().checkError()) {
        return;
      }
      if (!answer.path("has_more").asBoolean(false) && !patience.pause()) {
        return;
      }
    }
  }

  private static ApiPath filtered(@Nullable String type) {
    return type == null ? EVENTS : EVENTS.with("type", type);
  }

  /// The place in the journal that is now. The newest event of any type: a rare type would begin
  /// far back otherwise.
  private String newest() throws Failure {
    JsonNode newest = root.client().get(EVENTS.with("order", "desc").with("limit", "1"));
    String id = Column.text(newest.path("data").path(0).path("id"));
    return id.isEmpty() ? "0" : id;
  }
}

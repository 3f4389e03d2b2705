package dev.waybill.cli.commands;

import dev.waybill.cli.client.ApiPath;
import dev.waybill.cli.client.Pages;
import dev.waybill.cli.client.SubmissionDoor;
import dev.waybill.cli.handout.Handout;
import dev.waybill.cli.handout.HtmlHandout;
import dev.waybill.cli.handout.PlainHandout;
import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Format;
import dev.waybill.cli.output.Json;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// `domains instructions`: a mail or page for whoever looks after the DNS. One thread uses it.
@Command(
    name = "instructions",
    description = {
      "Write, or send, instructions for the person who looks after the DNS.",
      "They say who asks and why, and show each record with what usually goes wrong. Sent, they"
          + " go through the relay itself, as text and HTML; the API key is the password."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  waybillctl domains instructions example.com",
      "  waybillctl domains instructions example.com --format html > example.com.html",
      "  waybillctl domains instructions example.com --send-to dns@example.com"
          + " --note \"Hi Ann, could you do this by Friday?\""
    })
final class InstructionsCommand implements Callable<Integer> {
  /// The shapes of a handout.
  enum Shape {
    TEXT,
    HTML;

    @Override
    public String toString() {
      return name().toLowerCase(Locale.ROOT);
    }
  }

  private static final List<Column> SENT =
      List.of(
          Column.of("ID", "id"),
          Column.of("FROM", "from"),
          Column.of("TO", "to"),
          Column.of("SUBJECT", "subject"));
  private static final List<Column> WRITTEN =
      List.of(
          Column.of("DOMAIN", "domain"),
          Column.of("SUBJECT", "subject"),
          Column.of("TEXT", "text"),
          Column.of("HTML", "html"));

  @Parameters(paramLabel = "NAME", description = DomainsCommand.NAME)
  String name = "";

  @Option(
      names = "--format",
      paramLabel = "SHAPE",
      description = "${COMPLETION-CANDIDATES} (default: text).")
  @Nullable Shape format;

  @Option(
      names = "--send-to",
      paramLabel = "ADDRESS",
      description = "Send them to this address instead of printing them.")
  @Nullable String sendTo;

  @Option(
      names = "--from",
      paramLabel = "ADDRESS",
      description = {
        "The author, in a verified domain",
        "(default: postmaster@ the first verified domain)."
      })
  @Nullable String from;

  @Option(
      names = "--note",
      paramLabel = "TEXT",
      defaultValue = "",
      description = "Words of your own that come first.")
  String note = "";

  @Mixin SubmissionOptions submission = new SubmissionOptions();

  private final Waybillctl root;

  InstructionsCommand(Waybillctl root) {
    this.root = root;
  }

  @Override
  public Integer call() throws Failure {
    if (sendTo == null && (from != null || submission.given())) {
      throw usage("--from, --smtp, --tls and --insecure need --send-to");
    }
    if (sendTo != null && format != null) {
      throw usage("--send-to sends text and HTML; it needs no --format");
    }
    if (format != null && root.output != Format.TABLE) {
      throw usage("--format and --output exclude each other; JSON and CSV hold both shapes");
    }
    JsonNode domain = root.client().get(DomainsCommand.DOMAINS.name(name));
    JsonNode status = root.client().get(ApiPath.of("status"));
    Handout handout = Handout.of(domain, status, note);
    if (sendTo == null) {
      write(handout);
    } else {
      send(handout, sendTo);
    }
    return ExitCode.OK.number();
  }

  private void write(Handout handout) {
    if (root.output != Format.TABLE) {
      ObjectNode both = Json.object();
      both.put("domain", handout.domain()).put("subject", handout.subject());
      both.put("text", PlainHandout.write(handout)).put("html", HtmlHandout.write(handout));
      root.report().object(both, WRITTEN);
      return;
    }
    root.report()
        .out()
        .print(format == Shape.HTML ? HtmlHandout.write(handout) : PlainHandout.write(handout));
  }

  private void send(Handout handout, String to) throws Failure {
    String author = from == null ? "postmaster@" + firstVerified() : from;
    SubmissionDoor door = submission.door(root.settings().target());
    String id =
        door.submit(
            new SubmissionDoor.Mail(
                author,
                to,
                handout.subject(),
                PlainHandout.write(handout),
                HtmlHandout.write(handout),
                null));
    ObjectNode sent = Json.object().put("id", id).put("from", author).put("to", to);
    root.report().change(sent.put("subject", handout.subject()), SENT);
    root.say("%s queued it as %s, from %s to %s.".formatted(door, id, author, to));
    root.say("To see how far it is: waybillctl events list --email-id " + id);
  }

  private String firstVerified() throws Failure {
    Pages.Listing all =
        new Pages(root.client()).read(DomainsCommand.DOMAINS, Pages.USUAL_PAGE, Limits.items(null));
    for (JsonNode domain : all.items()) {
      if (Column.text(domain.path("status")).equals("verified")) {
        return Column.text(domain.path("name"));
      }
    }
    throw new Failure(
        ExitCode.FAILED,
        "there is no verified domain to send from yet",
        "Send them in your own mail: waybillctl domains instructions "
            + name
            + " > "
            + name
            + ".txt");
  }

  private static Failure usage(String problem) {
    return new Failure(ExitCode.USAGE, problem, "See: waybillctl domains instructions --help");
  }
}

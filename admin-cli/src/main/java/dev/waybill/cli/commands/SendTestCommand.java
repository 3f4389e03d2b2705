package dev.waybill.cli.commands;

import dev.waybill.cli.client.ApiPath;
import dev.waybill.cli.client.Patience;
import dev.waybill.cli.client.SubmissionDoor;
import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Text;
import java.time.Duration;
import java.util.Set;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import tools.jackson.databind.JsonNode;

/// `send-test`: one real message, from the submission door to its last event. One thread uses it.
@Command(
    name = "send-test",
    description = {
      "Submit a real message as an application would, and follow it to its last event.",
      "The API key is the password. The exit code is 0 when the message was delivered."
    },
    footerHeading = "%nExamples:%n",
    footer = {
      "  waybillctl send-test --from app@example.com --to me@example.org",
      "  waybillctl send-test --from app@example.com --to me@example.org --stream marketing",
      "  waybillctl send-test --from a@example.com --to b@example.org --smtp relay.example.com:2587"
    })
final class SendTestCommand implements Callable<Integer> {
  private static final Duration INTERVAL = Duration.ofMillis(500);
  private static final Set<String> FAILED =
      Set.of("email.bounced", "email.failed", "email.suppressed");

  @Option(
      names = "--from",
      paramLabel = "ADDRESS",
      required = true,
      description = "The author, in a verified domain.")
  String from = "";

  @Option(names = "--to", paramLabel = "ADDRESS", required = true, description = "The recipient.")
  String to = "";

  @Option(
      names = "--stream",
      paramLabel = "NAME",
      description = "Such as marketing (default: transactional).")
  @Nullable String stream;

  @Mixin SubmissionOptions submission = new SubmissionOptions();

  @Option(
      names = "--timeout",
      paramLabel = "DURATION",
      defaultValue = "1m",
      description = "How long to wait for the last event (default: 1m).")
  Duration timeout = Duration.ZERO;

  private final Waybillctl root;

  SendTestCommand(Waybillctl root) {
    this.root = root;
  }

  @Override
  public Integer call() throws Failure {
    SubmissionDoor door = submission.door(root.settings().target());
    String id =
        door.submit(
            new SubmissionDoor.Mail(
                from,
                to,
                "Waybill test",
                "This message was sent by waybillctl send-test.",
                null,
                stream));
    root.say(door + " queued it as " + id + ".");
    return follow(id);
  }

  private int follow(String id) throws Failure {
    EventLines lines = new EventLines(root);
    lines.start();
    ApiPath events = ApiPath.of("events").with("email_id", id);
    Patience patience = new Patience(INTERVAL, timeout);
    String last = "0";
    do {
      for (JsonNode event : root.client().get(events.with("after", last)).path("data")) {
        last = Column.text(event.path("id"));
        lines.write(event);
        String type = Column.text(event.path("type"));
        if (type.equals("email.delivered")) {
          return ExitCode.OK.number();
        }
        if (FAILED.contains(type)) {
          throw new Failure(ExitCode.FAILED, id + " was not delivered: " + type, "");
        }
      }
    } while (patience.pause());
    throw new Failure(
        ExitCode.FAILED,
        id + " is not delivered after " + Text.duration(timeout),
        "The relay goes on trying. See: waybillctl events list --email-id " + id);
  }
}

package dev.waybill.cli.commands;

import dev.waybill.cli.client.ApiPath;
import dev.waybill.cli.output.ExitCode;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Json;
import java.time.Duration;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import tools.jackson.databind.node.ObjectNode;

/// Which waiting deliveries are meant: those to which every option applies. One thread uses it.
final class QueueSelection {
  @Parameters(
      arity = "0..1",
      paramLabel = "EMAIL_ID",
      description = "The recipients of one message.")
  @Nullable String emailId;

  @Option(names = "--to", paramLabel = "ADDRESS", description = "What goes to this address.")
  @Nullable String to;

  @Option(
      names = "--destination",
      paramLabel = "DOMAIN",
      description = "What goes to this recipient domain.")
  @Nullable String destination;

  @Option(names = "--domain", paramLabel = "DOMAIN", description = "What this domain sends.")
  @Nullable String domain;

  @Option(names = "--stream", paramLabel = "STREAM", description = "Mail of this stream.")
  @Nullable String stream;

  @Option(
      names = "--state",
      paramLabel = "STATE",
      description = "scheduled, queued, sending, deferred or held.")
  @Nullable String state;

  @Option(
      names = "--older-than",
      paramLabel = "TIME",
      description = "What was accepted longer ago, such as 2h or 3d.")
  @Nullable Duration olderThan;

  @Option(
      names = "--reply",
      paramLabel = "TEXT",
      description = "Where the last reply, or the reason for being held, has this text in it.")
  @Nullable String reply;

  boolean isEmpty() {
    return emailId == null
        && to == null
        && destination == null
        && domain == null
        && stream == null
        && state == null
        && olderThan == null
        && reply == null;
  }

  /// The path with these conditions.
  ApiPath on(ApiPath path) {
    ApiPath narrowed = path;
    for (Map.Entry<String, String> condition : conditions().entrySet()) {
      narrowed = narrowed.with(condition.getKey(), condition.getValue());
    }
    return narrowed;
  }

  /// The body of a change.
  ///
  /// @param all whether everything is meant
  /// @throws Failure when neither everything nor anything is meant, or both
  ObjectNode body(boolean all) throws Failure {
    if (all != isEmpty()) {
      throw new Failure(
          ExitCode.USAGE,
          all ? "--all beside a condition (expected: one of them)" : "nothing is selected",
          all ? "" : "Give a condition, or --all for everything.");
    }
    ObjectNode body = Json.object();
    if (all) {
      body.put("all", true);
    }
    conditions()
        .forEach((name, value) -> {
          if (name.equals("older_than")) {
            body.put(name, Long.parseLong(value));
          } else {
            body.put(name, value);
          }
        });
    return body;
  }

  private Map<String, String> conditions() {
    Map<String, String> conditions = new LinkedHashMap<>();
    put(conditions, "email_id", emailId);
    put(conditions, "to", to);
    put(conditions, "destination", destination);
    put(conditions, "domain", domain);
    put(conditions, "stream", stream);
    put(conditions, "state", state);
    put(conditions, "older_than", olderThan == null ? null : Long.toString(olderThan.toSeconds()));
    put(conditions, "reply", reply);
    return conditions;
  }

  private static void put(Map<String, String> conditions, String name, @Nullable String value) {
    if (value != null) {
      conditions.put(name, value);
    }
  }
}

package dev.waybill.cli.commands;

import dev.waybill.cli.client.ApiPath;
import dev.waybill.cli.client.Patience;
import dev.waybill.cli.live.Line;
import dev.waybill.cli.live.LiveView;
import dev.waybill.cli.output.Column;
import dev.waybill.cli.output.Failure;
import dev.waybill.cli.output.Json;
import dev.waybill.cli.output.Terminal;
import dev.waybill.cli.output.Text;
import java.time.Duration;
import java.util.List;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/// Waits until the next DKIM key signs. One thread uses it, once.
final class RotationWatch {
  private static final Duration BETWEEN_LOOKS = Duration.ofSeconds(15);

  private final Waybillctl root;
  private final ApiPath domain;

  RotationWatch(Waybillctl root, ApiPath domain) {
    this.root = root;
    this.domain = domain;
  }

  /// @param waiting what the relay said last, in the state `waiting`
  /// @return what it says at the end; `switched` where the awaited key signs
  JsonNode run(JsonNode waiting, Duration timeout, Duration interval) throws Failure {
    Patience patience = new Patience(interval, timeout);
    String next = Column.text(waiting.path("next"));
    Terminal terminal = root.terminal();
    if (!terminal.redraws()) {
      root.say("Waiting for " + next + ", at most " + Text.duration(timeout) + ".");
      return follow(waiting, patience);
    }
    String turning = "|/-\\";
    try (LiveView _ =
        new LiveView(
            terminal,
            (room, tick) ->
                List.of(
                    new Line(room.columns())
                        .add(turning.charAt(tick % turning.length()) + " ")
                        .add("Waiting for " + next + ", ")
                        .add(Text.duration(Duration.ofSeconds(patience.elapsed().toSeconds())))
                        .add(" (Ctrl-C stops waiting, not the relay)")),
            "Stopped waiting. The relay switches by itself when it sees the record.")) {
      return follow(waiting, patience);
    }
  }

  private JsonNode follow(JsonNode waiting, Patience patience) throws Failure {
    ApiPath path = domain.then("keys").then("rotate");
    Duration look = Duration.ZERO;
    JsonNode rotation = waiting;
    while (RotationReport.waiting(rotation)) {
      if (patience.elapsed().compareTo(look) >= 0) {
        root.client().post(domain.then("verify"), Json.object());
        look = patience.elapsed().plus(BETWEEN_LOOKS);
      }
      rotation = root.client().get(path);
      if (RotationReport.waiting(rotation) && !patience.pause()) {
        return rotation;
      }
    }
    return signs(Column.text(waiting.path("next"))) && rotation instanceof ObjectNode view
        ? view.deepCopy().put("state", "switched")
        : rotation;
  }

  /// Nothing waits any more when the change is done, and also when somebody gave it up.
  private boolean signs(String selector) throws Failure {
    for (JsonNode key : root.client().get(domain.then("keys")).path("data")) {
      if (Column.text(key.path("selector")).equals(selector)) {
        return Column.text(key.path("role")).equals("active");
      }
    }
    return false;
  }
}
